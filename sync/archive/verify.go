package archive

import (
	"context"
	"errors"
	"fmt"
	"math"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// Progress is told now and then how many records a long task has gone through, of how many. It may be nil.
type Progress func(done, total uint64)

// Verify walks every chain from its start through every block, and every branch that was set aside: hashes, continuity
// and signatures. It reports ErrDamaged and names the first record or batch that is not what it must be, or the
// context's error.
func (a *Archive) Verify(ctx context.Context, progress Progress) error {
	chains := a.Chains()
	w := walker{ctx: ctx, progress: progress}
	for _, c := range chains {
		w.total += c.Held.Seq - c.Incarnation.After
		for _, b := range c.Branches {
			w.total += b.End.Seq - b.Base.Seq
		}
	}
	for _, c := range chains {
		err := a.view(func(tx *bolt.Tx) error {
			root := tx.Bucket(chainsName)
			return errors.Join(w.chain(root, c), w.inherits(root, c, a.Chain))
		})
		if err != nil {
			return fmt.Errorf("chain %s: %w", c.Incarnation, err)
		}
	}
	w.tell()
	return nil
}

type walker struct {
	ctx         context.Context
	progress    Progress
	done, total uint64 // records
	batches     uint64
}

func (w *walker) chain(root *bolt.Bucket, c Chain) error {
	bucket := root.Bucket([]byte(c.Incarnation.String()))
	if bucket == nil {
		return fmt.Errorf("%w: it has no bucket", ErrDamaged)
	}
	whole := strand{in: c.Incarnation, base: c.Incarnation.Start(), end: c.Held, keys: c.Keys}
	if err := w.strand(whole, bucket.Bucket(batchesName)); err != nil {
		return err
	}
	look := lookout{root: root, chain: c}
	for _, b := range c.Branches {
		s := strand{in: c.Incarnation, base: b.Base, end: b.End, keys: b.Keys}
		err := w.strand(s, bucket.Bucket(branchesName).Bucket([]byte(b.Name)).Bucket(batchesName))
		if _, ok := look.holding(b.Base); err == nil && !ok {
			err = fmt.Errorf("%w: nothing leads to its base %s", ErrDamaged, b.Base)
		}
		if err != nil {
			return fmt.Errorf("branch %s: %w", b.Name, err)
		}
	}
	return look.damage
}

// strand is what Verify checks of a chain and of a branch alike.
type strand struct {
	in        chain.Incarnation
	base, end chain.Position
	keys      []wire.Signer
}

func (w *walker) strand(s strand, batches *bolt.Bucket) error {
	_, _, err := w.stretch(s, batches, 0, math.MaxInt)
	return err
}

// stretch checks so many batches behind a sequence at most, and tells where that ends, and whether it is the end.
func (w *walker) stretch(s strand, batches *bolt.Bucket, after uint64, most int) (at chain.Position, end bool, err error) {
	at, cursor := s.base, batches.Cursor()
	k, v := cursor.First()
	if after > s.base.Seq {
		if at, k, v, err = s.resume(cursor, after); err != nil {
			return at, false, err
		}
	}
	for n := 0; k != nil && at.Seq < s.end.Seq; k, v = cursor.Next() {
		if n++; n > most {
			return at, false, nil
		}
		if at, err = w.batch(s, at, k, v); err != nil {
			return at, false, err
		}
	}
	if at != s.end {
		return at, false, fmt.Errorf("%w: it ends at %s, its end is filed as %s", ErrDamaged, at, s.end)
	}
	return at, true, nil
}

// resume finds the batch that ended at a sequence, and what follows it; the beginning, when settling has changed the batches
// meanwhile.
func (s strand) resume(cursor *bolt.Cursor, after uint64) (at chain.Position, k, v []byte, err error) {
	if k, v = cursor.Seek(seqKey(after)); k != nil {
		b, err := parseBatch(s.in, k, v)
		if err != nil {
			return s.base, nil, nil, fmt.Errorf("batch up to record %d: %w", after, err)
		}
		if b.Last().Seq == after {
			k, v = cursor.Next()
			return b.Last(), k, v, nil
		}
	}
	k, v = cursor.First()
	return s.base, k, v, nil
}

// batch checks one batch against the position before it.
func (w *walker) batch(s strand, at chain.Position, key, frame []byte) (chain.Position, error) {
	if err := w.ctx.Err(); err != nil {
		return at, err
	}
	b, err := parseBatch(s.in, key, frame)
	if err != nil {
		return at, fmt.Errorf("batch after record %d: %w", at.Seq, err)
	}
	if b.Prev != at {
		return at, fmt.Errorf("%w: record %d: its batch follows %s, the chain stands at %s", ErrDamaged, at.Seq+1, b.Prev, at)
	}
	if err := b.Verify(keyAt(s.keys, b.Last().Seq)); err != nil {
		return at, fmt.Errorf("%w: records %d to %d: %w", ErrDamaged, at.Seq+1, b.Last().Seq, err)
	}
	w.done += b.Last().Seq - at.Seq
	if w.batches++; w.batches%progressEvery == 0 {
		w.tell()
	}
	return b.Last(), nil
}

func (w *walker) tell() {
	if w.progress != nil {
		w.progress(w.done, w.total)
	}
}
