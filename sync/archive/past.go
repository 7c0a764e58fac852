package archive

import (
	"context"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"markaz.example/sync/wire"
)

// Extent is how much of a leg stands behind a record.
type Extent struct {
	Batches  uint64
	Bytes    uint64 // as stored
	RawBytes uint64 // decompressed
}

// extentGroup bounds the batches that are counted in one transaction: some 25 MB of pages.
const extentGroup = 256

// Extent counts the batches of a leg behind a record, the last as a whole. No transaction is held for long.
func (a *Archive) Extent(ctx context.Context, g Leg, after uint64) (e Extent, err error) {
	for err == nil && after < g.To.Seq {
		if err = ctx.Err(); err == nil {
			after, err = a.extent(g, after, &e)
		}
	}
	if err != nil {
		return e, fmt.Errorf("count %s behind %d: %w", g.In, after, err)
	}
	return e, nil
}

// extent adds one group, and gives where it ended.
func (a *Archive) extent(g Leg, after uint64, e *Extent) (upto uint64, err error) {
	err = a.onLeg(g, func(l *lookout, i int) error {
		batches, err := l.batches(i)
		if err != nil {
			return err
		}
		upto, err = e.add(g, batches.Cursor(), after)
		return err
	})
	return upto, err
}

func (e *Extent) add(g Leg, c *bolt.Cursor, after uint64) (upto uint64, err error) {
	k, v := c.Seek(seqKey(after + 1))
	for n := 0; k != nil && n < extentGroup && upto < g.To.Seq; n++ {
		b, err := parseBatch(g.In, k, v)
		if err != nil {
			return upto, err
		}
		e.Batches, e.Bytes, e.RawBytes = e.Batches+1, e.Bytes+uint64(len(v)), e.RawBytes+uint64(b.RawBytes)
		upto = b.Last().Seq
		k, v = c.Next()
	}
	if upto <= after {
		return upto, fmt.Errorf("%w: it ends at %d, not at %d", ErrDamaged, after, g.To.Seq)
	}
	return upto, nil
}

// BatchAfter is the batch with the record of a leg behind a sequence, as it was archived: it may begin before the leg and
// end behind it. It reports ErrAbsent or ErrDamaged.
func (a *Archive) BatchAfter(g Leg, after uint64) (b wire.Batch, err error) {
	if after >= g.To.Seq {
		return b, fmt.Errorf("batch behind %d of %s: %w, the newest record is %d", after, g.In, ErrAbsent, g.To.Seq)
	}
	err = a.onLeg(g, func(l *lookout, i int) (err error) {
		b, err = l.batch(i, after+1)
		return err
	})
	if err != nil {
		return b, fmt.Errorf("record %d of %s: %w", after+1, g.In, err)
	}
	return b, nil
}

// onLeg reads of the strand that a leg is on.
func (a *Archive) onLeg(g Leg, look func(l *lookout, strand int) error) error {
	c, known := a.Chain(g.In)
	i, err := g.strand(c)
	if !known || err != nil {
		return errors.Join(ErrAbsent, err)
	}
	if _, end := (&lookout{chain: c}).bounds(i); end.Seq < g.To.Seq {
		return fmt.Errorf("record %d: %w, it ends with %d", g.To.Seq, ErrAbsent, end.Seq) // settled meanwhile
	}
	return a.lookout(c, func(l *lookout) error { return look(l, i) })
}
