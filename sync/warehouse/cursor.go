package warehouse

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
)

// errMoved is reported when a cursor is not where this node left it: somebody emptied the tables, or meddles.
var errMoved = errors.New("a cursor moved under the loader")

// ErrNever is reported when the database has none of the tables.
var ErrNever = errors.New("no headquarters ever loaded this database")

// cursor is how far a chain is loaded.
type cursor struct {
	name    int32 // 0 as long as the chain is not in the table
	at      chain.Position
	poison  uint64
	rewinds int
	moved   time.Time
}

// cursors reads all of them. It reports ErrNever.
func cursors(ctx context.Context, c *pgx.Conn) (map[chain.Incarnation]cursor, error) {
	rows, _ := c.Query(ctx, `
		SELECT c.centre, c.nonce, c.after, chain, u.seq, u.hash, u.poison, u.rewinds, u.moved
		FROM markaz.chain c JOIN markaz.cursor u USING (chain)`) // the rows tell its error
	out := map[chain.Incarnation]cursor{}
	var centre string
	var nonce, hash []byte
	var after uint64
	var u cursor
	_, err := pgx.ForEachRow(rows, []any{&centre, &nonce, &after, &u.name, &u.at.Seq, &hash, &u.poison, &u.rewinds, &u.moved}, func() error {
		in := chain.Incarnation{Centre: id.Centre(centre), After: after}
		copy(in.Nonce[:], nonce)
		copy(u.at.Hash[:], hash)
		out[in] = u
		return nil
	})
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && (e.Code == undefinedTable || e.Code == undefinedSchema) {
		return nil, ErrNever
	}
	if err != nil {
		return nil, fmt.Errorf("read the cursors: %w", err)
	}
	return out, nil
}

// What PostgreSQL says of a table or schema that is not there.
const (
	undefinedTable  = "42P01"
	undefinedSchema = "3F000"
)

// begin writes a chain and its cursor at the start.
func begin(ctx context.Context, tx pgx.Tx, in chain.Incarnation) (name int32, err error) {
	start := in.Start()
	err = tx.QueryRow(ctx, `
		WITH made AS (INSERT INTO markaz.chain (centre, nonce, after) VALUES ($1, $2, $3) RETURNING chain)
		INSERT INTO markaz.cursor (chain, seq, hash) SELECT chain, $3, $4 FROM made RETURNING chain`,
		string(in.Centre), in.Nonce[:], int64(start.Seq), start.Hash[:]).Scan(&name)
	if err != nil {
		return 0, fmt.Errorf("begin chain %s: %w", in, err)
	}
	return name, nil
}

// lock holds the cursors of chains until the transaction ends. It reports errMoved when one is not where it should be.
func lock(ctx context.Context, tx pgx.Tx, want map[int32]chain.Position) error {
	names := make([]int32, 0, len(want))
	for name := range want {
		names = append(names, name)
	}
	rows, err := tx.Query(ctx, `
		SELECT chain, seq, hash FROM markaz.cursor WHERE chain = ANY($1) ORDER BY chain FOR UPDATE`, names)
	if err != nil {
		return fmt.Errorf("lock the cursors: %w", err)
	}
	var name int32
	var at chain.Position
	var hash []byte
	same := 0
	_, err = pgx.ForEachRow(rows, []any{&name, &at.Seq, &hash}, func() error {
		copy(at.Hash[:], hash)
		if at == want[name] {
			same++
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("lock the cursors: %w", err)
	}
	if same != len(want) {
		return errMoved
	}
	return nil
}

// move takes a cursor to where its rows now end.
func move(ctx context.Context, tx pgx.Tx, u cursor) error {
	_, err := tx.Exec(ctx, `
		UPDATE markaz.cursor SET seq = $2, hash = $3, poison = $4, rewinds = $5, moved = now() WHERE chain = $1`,
		u.name, int64(u.at.Seq), u.at.Hash[:], int64(u.poison), u.rewinds)
	if err != nil {
		return fmt.Errorf("move the cursor to %s: %w", u.at, err)
	}
	return nil
}
