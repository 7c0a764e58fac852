package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
)

// ErrYielded is reported by Copy when decisions waited for it. The copy is of no use; another one will not meet that again for
// long.
var ErrYielded = errors.New("the copy gave way to the work of the box: make it once more")

// Copied is what a copy of the file holds.
type Copied struct {
	Head, Base, Confirmed chain.Position
	Format                int
	Bytes                 int64 // of the copy
}

// Copy gives the file as it stands at one acknowledged record, while decisions go on: begin is told what the copy will hold,
// and write writes it. What is freed meanwhile is used again only when Copy returns, so the file grows a little. It reports
// what View does, and what begin and w do.
func (l *Ledger) Copy(ctx context.Context, do func(c Copied, write func(io.Writer) error) error) error {
	err := l.read(ctx, func(tx *bolt.Tx) error {
		c, err := l.copied(tx)
		if err != nil {
			return err
		}
		return do(c, func(w io.Writer) error { _, err := tx.WriteTo(yielding{l, w}); return err })
	})
	if err != nil {
		return fmt.Errorf("copy the ledger: %w", err)
	}
	return nil
}

func (l *Ledger) copied(tx *bolt.Tx) (c Copied, err error) {
	if c.Head, err = headOf(tx, l.lineage); err != nil {
		return c, err
	}
	if c.Base, err = baseOf(tx, l.lineage); err != nil {
		return c, err
	}
	if c.Confirmed, err = readConfirmed(tx, l.in); err != nil {
		return c, err
	}
	if f := tx.Bucket(metaName).Get(formatKey); len(f) == 1 {
		c.Format = int(f[0])
	}
	c.Bytes = tx.Size()
	return c, nil
}

// yielding ends a copy that decisions wait for. While a transaction reads, bbolt cannot map more of a file that outgrew its
// map, which happens once a gibibyte, and the one writer stands.
type yielding struct {
	ledger *Ledger
	io.Writer
}

func (y yielding) Write(b []byte) (int, error) {
	if begun := y.ledger.begun.Load(); begun != 0 && time.Since(time.Unix(0, begun)) > yieldAfter {
		return 0, ErrYielded
	}
	return y.Writer.Write(b)
}
