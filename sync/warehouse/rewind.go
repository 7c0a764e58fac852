package warehouse

import (
	"context"
	"errors"
	"fmt"
	"sort"

	"github.com/jackc/pgx/v5"

	"markaz.example/edge/chain"
	"markaz.example/sync/archive"
)

// ErrLacks is the trouble of a chain of which PostgreSQL has more than the archive, as when an old backup of the archive
// was put back. What may be the last copy is not taken out; the box sends it again, or the chain goes on differently.
var ErrLacks = errors.New("PostgreSQL has more of this chain than the archive: nothing is taken out unless the archive contradicts it")

// reconcile compares a chain of the archive with what is loaded of it. When a fork was settled the other way, its end is
// another one: the rows of the old end are taken out and the cursor goes back to the last record that both have. That
// the archive is not merely old is known from its applied index, see prepare. It reports ErrLacks.
func (s *session) reconcile(ctx context.Context, c archive.Chain, u cursor) (cursor, error) {
	same, err := s.agrees(c, u.at)
	if same || err != nil {
		return u, err
	}
	common, err := s.common(ctx, c, u)
	if err != nil {
		return u, fmt.Errorf("find where chain %s parted: %w", c.Incarnation, err)
	}
	if common == c.Held {
		return u, fmt.Errorf("%w: it ends at %d, loaded are %d", ErrLacks, c.Held.Seq, u.at.Seq)
	}
	back := u
	back.at = common
	back.rewinds++
	if back.poison, err = s.rewind(ctx, u, back); err != nil {
		return u, fmt.Errorf("take chain %s back to %s: %w", c.Incarnation, common, err)
	}
	s.Log.Warn("headquarters replaced the end of a chain: its rows were taken back", "centre", c.Incarnation.Centre,
		"from", u.at.String(), "to", common.String())
	s.advance([]*span{{in: c.Incarnation, cursor: back, from: u.at}})
	return back, nil
}

// agrees says whether the archive has a record that is loaded.
func (s *session) agrees(c archive.Chain, at chain.Position) (bool, error) {
	switch {
	case at == c.Incarnation.Start():
		return true, nil
	case at.Seq > c.Held.Seq:
		return false, nil
	}
	h, err := s.Archive.HashAt(c.Incarnation, at.Seq)
	return h == at.Hash, err
}

// common is the last record that both have: from there on every hash differs, so it is found by halving.
func (s *session) common(ctx context.Context, c archive.Chain, u cursor) (chain.Position, error) {
	var failed error
	end := min(u.at.Seq, c.Held.Seq)
	after := c.Incarnation.After
	first := sort.Search(int(end-after), func(i int) bool { // the first that differs, less one
		if failed != nil {
			return true
		}
		here, err := s.loadedHash(ctx, u.name, after+uint64(i)+1)
		there, fault := s.Archive.HashAt(c.Incarnation, after+uint64(i)+1)
		failed = errors.Join(err, fault)
		return here != there
	})
	if failed != nil {
		return chain.Position{}, failed
	}
	h, err := s.Archive.HashAt(c.Incarnation, after+uint64(first))
	return chain.Position{Seq: after + uint64(first), Hash: h}, err
}

// loadedHash is the hash of a record that is loaded; zero, which is no record's, when it is not.
func (s *session) loadedHash(ctx context.Context, name int32, seq uint64) (h chain.Hash, err error) {
	var hash []byte
	err = s.conn.QueryRow(ctx, `
		SELECT hash FROM markaz.record WHERE chain = $1 AND seq = $2
		UNION ALL SELECT hash FROM markaz.poison WHERE chain = $1 AND seq = $2`, name, int64(seq)).Scan(&hash)
	if errors.Is(err, pgx.ErrNoRows) {
		return h, nil
	}
	copy(h[:], hash)
	return h, err
}

// rewind takes out what is behind a position, in one transaction with the cursor. It gives the poison that is left.
func (s *session) rewind(ctx context.Context, from, to cursor) (poison uint64, err error) {
	err = pgx.BeginFunc(ctx, s.conn, func(tx pgx.Tx) error {
		if err := lock(ctx, tx, map[int32]chain.Position{from.name: from.at}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM markaz.record WHERE chain = $1 AND seq > $2", to.name, int64(to.at.Seq)); err != nil {
			return err
		}
		bad, err := tx.Exec(ctx, "DELETE FROM markaz.poison WHERE chain = $1 AND seq > $2", to.name, int64(to.at.Seq))
		if err != nil {
			return err
		}
		to.poison = from.poison - uint64(bad.RowsAffected())
		return move(ctx, tx, to)
	})
	return to.poison, err
}
