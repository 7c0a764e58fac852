package archive

import (
	"context"
	"errors"
	"fmt"

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
		w.total += c.Held.Seq
	}
	for _, c := range chains {
		if err := a.view(func(tx *bolt.Tx) error { return w.chain(tx.Bucket(chainsName), c) }); err != nil {
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
	at := c.Incarnation.Start()
	cursor := bucket.Bucket(batchesName).Cursor()
	for k, v := cursor.First(); k != nil && at.Seq < c.Held.Seq; k, v = cursor.Next() {
		var err error
		if at, err = w.batch(c, at, k, v); err != nil {
			return err
		}
	}
	if at != c.Held {
		return fmt.Errorf("%w: it ends at %s, its end is filed as %s", ErrDamaged, at, c.Held)
	}
	return w.forks(bucket.Bucket(forksName), c)
}

// batch checks one batch against the position before it.
func (w *walker) batch(c Chain, at chain.Position, key, frame []byte) (chain.Position, error) {
	if err := w.ctx.Err(); err != nil {
		return at, err
	}
	b, err := parseBatch(c.Incarnation, key, frame)
	if err != nil {
		return at, fmt.Errorf("batch after record %d: %w", at.Seq, err)
	}
	if b.Prev != at {
		return at, fmt.Errorf("%w: record %d: its batch follows %s, the chain stands at %s", ErrDamaged, at.Seq+1, b.Prev, at)
	}
	if err := b.Verify(c.Key); err != nil {
		return at, fmt.Errorf("%w: records %d to %d: %w", ErrDamaged, at.Seq+1, b.Last().Seq, err)
	}
	w.done += b.Last().Seq - at.Seq
	if w.batches++; w.batches%progressEvery == 0 {
		w.tell()
	}
	return b.Last(), nil
}

func (w *walker) forks(forks *bolt.Bucket, c Chain) error {
	return forks.ForEach(func(key, frame []byte) error {
		b, err := parseFrame(c.Incarnation, frame)
		if err == nil {
			err = errors.Join(b.Verify(c.Key), filedAs(key, b))
		}
		if err != nil {
			return fmt.Errorf("%w: branch set aside as %x: %w", ErrDamaged, key, err)
		}
		return nil
	})
}

func filedAs(key []byte, b wire.Batch) error {
	if want := forkKey(b.Span); string(want) != string(key) {
		return fmt.Errorf("it belongs under %x", want)
	}
	return nil
}

func (w *walker) tell() {
	if w.progress != nil {
		w.progress(w.done, w.total)
	}
}
