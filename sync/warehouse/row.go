package warehouse

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"markaz.example/edge/chain"
	"markaz.example/sync/archive"
)

// ErrPoison is reported for a record that the table cannot hold. It goes to the table of poison as it is.
var ErrPoison = errors.New("the record cannot become a row")

// Columns are those of the table of records, in the order of Row.Values.
var Columns = []string{
	"seq", "wall", "boot", "mono", "chain", "month", "grade", "hash", "kind", "actor", "subject", "body",
}

// Row is a record as the table holds it.
type Row struct {
	Chain int32 // the table's own short name of the incarnation
	chain.Header
	Hash  chain.Hash
	Month Month  // of the partition
	Body  []byte // JSON

	values [12]any
}

// RowOf is the row of an archived record, in the storage of row, which it uses again. It reports ErrPoison.
func RowOf(row *Row, name int32, s archive.Stored) error {
	r, err := chain.Decode(s.Bytes)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrPoison, err)
	}
	if err := fits(r.Header); err != nil {
		return err
	}
	if row.Body, err = appendJSON(row.Body[:0], r.Body); err != nil {
		return fmt.Errorf("%w: %w", ErrPoison, err)
	}
	row.Chain, row.Header, row.Hash, row.Month = name, r.Header, s.At.Hash, monthOf(r.Stamp.Wall)
	return nil
}

// fits reports what a box may write into a header and PostgreSQL has no value for.
func fits(h chain.Header) error {
	switch {
	case h.Seq > math.MaxInt64 || h.Stamp.Boot > math.MaxInt64 || h.Stamp.Mono > math.MaxInt64:
		return fmt.Errorf("%w: seq, boot or mono is beyond a bigint", ErrPoison)
	case strings.ContainsRune(h.Actor, 0) || strings.ContainsRune(h.Subject, 0):
		return fmt.Errorf("%w: actor or subject has a NUL", ErrPoison)
	}
	return nil
}

// Values are for COPY, and good until the next RowOf.
func (r *Row) Values() []any {
	r.values = [...]any{
		int64(r.Seq), wallOf(r.Stamp.Wall), int64(r.Stamp.Boot), int64(r.Stamp.Mono), r.Chain, r.Month.Date(),
		int16(r.Stamp.Grade), r.Hash[:], string(r.Kind), r.Actor, r.Subject, r.Body,
	}
	return r.values[:]
}

// wallOf is what a box believed to be the time. Beyond the years that everyone's software knows it is an infinity.
func wallOf(ms int64) pgtype.Timestamptz {
	switch {
	case ms < wallMin:
		return pgtype.Timestamptz{InfinityModifier: pgtype.NegativeInfinity, Valid: true}
	case ms > wallMax:
		return pgtype.Timestamptz{InfinityModifier: pgtype.Infinity, Valid: true}
	}
	return pgtype.Timestamptz{Time: time.UnixMilli(ms).UTC(), Valid: true}
}
