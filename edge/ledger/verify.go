package ledger

import (
	"context"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
)

// Progress is told how far a long task has come, now and then. It may be nil.
type Progress func(done, total uint64)

// progressEvery is how many records pass between two calls of Progress: some 10 ms of work.
const progressEvery = 4096

func (p Progress) tell(done, total uint64) {
	if p != nil && done%progressEvery == 0 {
		p(done, total)
	}
}

// Verify walks the whole chain and names the first record that is not what it must be: chain.ErrBroken, ErrDamaged, or
// what chain.Decode reports.
func (l *Ledger) Verify(ctx context.Context, progress Progress) (chain.Position, error) {
	return l.walk(ctx, 0, progress, func(chain.Record, []byte) error { return nil })
}

// walk visits and verifies every record behind after.
func (l *Ledger) walk(ctx context.Context, after uint64, progress Progress, visit func(chain.Record, []byte) error) (at chain.Position, err error) {
	err = l.read(ctx, func(tx *bolt.Tx) error {
		head, err := headOf(tx, l.in)
		if err != nil {
			return err
		}
		if at, err = positionOf(tx, l.in, after); err != nil {
			return err
		}
		c := tx.Bucket(logName).Cursor()
		for k, v := c.Seek(seqKey(after + 1)); k != nil; k, v = c.Next() {
			if at.Seq%progressEvery == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			var r chain.Record
			var stored []byte
			if at, r, stored, err = next(at, k, v); err != nil {
				return err
			}
			if err := visit(r, stored); err != nil {
				return fmt.Errorf("record %d: %w", at.Seq, err)
			}
			progress.tell(at.Seq-after, head.Seq-after)
		}
		return nil
	})
	return at, err
}

// next checks one row against the position before it.
func next(at chain.Position, key, value []byte) (chain.Position, chain.Record, []byte, error) {
	p, stored, err := parseRow(key, value)
	if err != nil {
		return at, chain.Record{}, nil, fmt.Errorf("after record %d: %w", at.Seq, err)
	}
	after, r, err := at.Follow(stored)
	if err != nil {
		return at, r, nil, err
	}
	if after != p {
		return at, r, nil, fmt.Errorf("%w: record %d is filed as %s, but its bytes after record %d give %s",
			chain.ErrBroken, after.Seq, p, at.Seq, after)
	}
	return after, r, stored, nil
}

func positionOf(tx *bolt.Tx, in chain.Incarnation, seq uint64) (chain.Position, error) {
	if seq == 0 {
		return in.Start(), nil
	}
	p, _, err := parseRow(seqKey(seq), tx.Bucket(logName).Get(seqKey(seq)))
	return p, err
}

// checkTail verifies the newest records and gives the last one's stamp.
func (l *Ledger) checkTail() (last clock.Stamp, err error) {
	after := l.head.Seq - min(l.head.Seq, tailCheck)
	_, err = l.walk(context.Background(), after, nil, func(r chain.Record, _ []byte) error {
		last.Wall = max(last.Wall, r.Stamp.Wall)
		last.Boot = r.Stamp.Boot
		return nil
	})
	return last, err
}
