package warehouse

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"markaz.example/edge/chain"
	"markaz.example/sync/archive"
)

// round is one transaction's worth of work. There is no more when nothing came of it.
func (s *session) round(ctx context.Context) (more bool, err error) {
	ctx, stop := context.WithTimeout(ctx, transactionMax)
	defer stop()
	applied := s.Archive.Applied() // before the chains, which are then at least as new
	spans, err := s.waiting(ctx)
	if err != nil || len(spans) == 0 {
		return false, err
	}
	first := spans[0]
	src := &source{archive: s.Archive, spans: spans, months: s.months, roomRows: s.records, roomBytes: groupBytes}
	if s.refused.by != nil && s.refused.in == first.in && s.refused.after == first.from {
		src.condemned = s.refused.by
	}
	defer src.close()
	condemned := src.condemned != nil
	switch err := s.transaction(ctx, src, applied); {
	case err != nil && condemned:
		return false, err // so it was not the record
	case err != nil:
		return s.refuse(ctx, first, err)
	}
	s.records, s.refused = min(2*s.records, s.groupRecords()), refusal{}
	s.turn = first.in
	return s.committed(src), nil
}

// waiting are the chains that have something new, begun with the one after the last round's first, so that a chain with
// a month of records does not keep the others. Chains whose end was replaced are taken back first.
func (s *session) waiting(ctx context.Context) ([]*span, error) {
	var out []*span
	for _, c := range s.Archive.Chains() {
		u, ok := s.cursorOf(c.Incarnation)
		if !ok {
			u.at = c.Incarnation.Start()
		}
		if u.at == c.Held {
			s.troubled(c.Incarnation, nil)
			continue
		}
		u, err := s.reconcile(ctx, c, u)
		switch {
		case errors.Is(err, archive.ErrDamaged) || errors.Is(err, archive.ErrAbsent) || errors.Is(err, ErrLacks):
			s.troubled(c.Incarnation, err)
		case err != nil:
			return nil, err
		case u.at != c.Held:
			out = append(out, &span{in: c.Incarnation, cursor: u, from: u.at})
		}
	}
	next := slices.IndexFunc(out, func(p *span) bool { return p.in.String() > s.turn.String() })
	if next > 0 {
		out = slices.Concat(out[next:], out[:next])
	}
	return out[:min(len(out), groupChains)], nil
}

// transaction brings the rows and moves the cursors, both or neither.
//
// COPY knows no conflict: a row that is there already would be an error, and with another month it would be there twice.
// Nothing of the sort can happen as long as rows are written only by whoever holds the cursor's row and found it where
// the rows end.
func (s *session) transaction(ctx context.Context, src *source, applied uint64) error {
	tx, err := s.conn.Begin(ctx)
	if err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	defer func() { _ = tx.Rollback(ctx) }() // without effect after a commit; when the context is over, so is the session
	if err := enter(ctx, tx, src.spans); err != nil {
		return err
	}
	if err := copyRows(ctx, tx, src); err != nil {
		return err
	}
	for _, p := range src.touched() {
		if err := errors.Join(keepPoison(ctx, tx, p), move(ctx, tx, p.cursor)); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, "UPDATE markaz.loader SET applied = GREATEST(applied, $1)", int64(applied)); err != nil {
		return fmt.Errorf("note what was loaded: %w", err)
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// enter gives new chains their names and holds the cursors of the others.
func enter(ctx context.Context, tx pgx.Tx, spans []*span) error {
	held := map[int32]chain.Position{}
	for _, p := range spans {
		if p.cursor.name != 0 {
			held[p.cursor.name] = p.from
		}
	}
	if err := lock(ctx, tx, held); err != nil {
		return err
	}
	for _, p := range spans {
		if p.cursor.name != 0 {
			continue
		}
		var err error
		if p.cursor.name, err = begin(ctx, tx, p.in); err != nil {
			return err
		}
	}
	return nil
}

// copyRows brings all rows of a source, and makes the partitions that they lack.
func copyRows(ctx context.Context, tx pgx.Tx, src *source) error {
	src.months = maps.Clone(src.months)
	for brought := int64(0); ; {
		n, err := tx.CopyFrom(ctx, pgx.Identifier{"markaz", "record"}, Columns, src)
		if err != nil {
			return fmt.Errorf("copy records: %w", err)
		}
		if brought += n; src.missing == 0 {
			return counted(brought, src.rows)
		}
		if err := createPartition(ctx, tx, src.missing); err != nil {
			return err
		}
		src.months[src.missing] = true
	}
}

func counted(got, want int64) error {
	if got != want {
		return fmt.Errorf("PostgreSQL took %d rows of %d", got, want)
	}
	return nil
}

func keepPoison(ctx context.Context, tx pgx.Tx, p *span) error {
	for _, bad := range p.poison {
		_, err := tx.Exec(ctx, `INSERT INTO markaz.poison (chain, seq, hash, reason, stored) VALUES ($1, $2, $3, $4, $5)`,
			p.cursor.name, int64(bad.At.Seq), bad.At.Hash[:], printable(bad.reason), bad.Bytes)
		if err != nil {
			return fmt.Errorf("set record %s aside: %w", bad.At, err)
		}
	}
	return nil
}

// printable makes sure that the reason of a poison is none itself.
func printable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\u2400")
}

// committed takes over what a transaction brought. There is more unless it ended with nothing but trouble.
func (s *session) committed(src *source) (more bool) {
	s.months = src.months
	for _, p := range src.done {
		s.troubled(p.in, p.trouble)
	}
	all := slices.Concat(src.done, src.spans) // also those that were only given a name
	for _, p := range all {
		for _, bad := range p.poison {
			s.Log.Warn("a record cannot become a row", "centre", p.in.Centre, "seq", bad.At.Seq, "err", bad.reason)
		}
	}
	s.advance(all)
	return len(src.touched()) > 0
}

// refusal is a record that PostgreSQL did not take when it was alone in a transaction.
type refusal struct {
	in    chain.Incarnation
	after chain.Position
	by    error
}

// refuse takes the error of a transaction. When PostgreSQL refused a value, the next transaction is half as large, until
// it is one record: that is set aside. The loader has checked everything it knows of; this is for what it does not know.
func (s *session) refuse(ctx context.Context, first *span, err error) (more bool, _ error) {
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || ctx.Err() != nil || s.conn.IsClosed() || !ofValue(e.Code) {
		return false, err
	}
	if s.records == 1 {
		s.refused = refusal{first.in, first.from, err}
	}
	s.records = max(s.records/2, 1)
	return true, nil
}

// ofValue says whether an error is about a value: SQLSTATE classes 22, data exception, and 54, program limit exceeded.
func ofValue(code string) bool { return strings.HasPrefix(code, "22") || strings.HasPrefix(code, "54") }
