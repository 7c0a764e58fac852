package archive

import (
	"context"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// Extent is how much of a chain stands behind a record.
type Extent struct {
	Batches  uint64
	Bytes    uint64 // as stored
	RawBytes uint64 // decompressed
}

// extentGroup bounds the batches that are counted in one transaction: some 25 MB of pages.
const extentGroup = 256

// Extent counts the batches behind a record. No transaction is held for long.
func (a *Archive) Extent(ctx context.Context, in chain.Incarnation, after uint64) (e Extent, err error) {
	for held := a.Held(in).Seq; err == nil && after < held; {
		if err = ctx.Err(); err == nil {
			after, err = a.extent(in, after, held, &e)
		}
	}
	if err != nil {
		return e, fmt.Errorf("count %s behind %d: %w", in, after, err)
	}
	return e, nil
}

// extent adds one group, and gives where it ended.
func (a *Archive) extent(in chain.Incarnation, after, held uint64, e *Extent) (upto uint64, err error) {
	err = a.view(func(tx *bolt.Tx) error {
		bucket := tx.Bucket(chainsName).Bucket([]byte(in.String()))
		if bucket == nil {
			return fmt.Errorf("%w: it has no bucket", ErrDamaged)
		}
		c := bucket.Bucket(batchesName).Cursor()
		k, v := c.Seek(seqKey(after + 1))
		for n := 0; k != nil && n < extentGroup; n++ {
			b, err := parseBatch(in, k, v)
			if err != nil {
				return err
			}
			e.Batches, e.Bytes, e.RawBytes = e.Batches+1, e.Bytes+uint64(len(v)), e.RawBytes+uint64(b.RawBytes)
			upto = b.Last().Seq
			k, v = c.Next()
		}
		if upto <= after {
			return fmt.Errorf("%w: it ends at %d, not at %d", ErrDamaged, after, held)
		}
		return nil
	})
	return upto, err
}

// BatchAfter is the batch with the record behind a sequence, as it was archived. It reports ErrAbsent or ErrDamaged.
func (a *Archive) BatchAfter(in chain.Incarnation, after uint64) (wire.Batch, error) {
	if held := a.Held(in); after >= held.Seq {
		return wire.Batch{}, fmt.Errorf("batch behind %d of %s: %w, the newest record is %d", after, in, ErrAbsent, held.Seq)
	}
	return a.batchWith(in, after+1)
}
