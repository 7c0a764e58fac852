package ledger

import (
	"context"
	"errors"
	"time"

	bolt "go.etcd.io/bbolt"
)

// SealBadly is the control of sealing: it takes the rows away in one transaction and writes their block in the next.
func SealBadly(ctx context.Context, l *Ledger) error {
	for ctx.Err() == nil {
		s, some, err := l.coldest(ctx)
		if err != nil {
			return err
		}
		if !some {
			time.Sleep(time.Millisecond)
			continue
		}
		err = l.db.Update(func(tx *bolt.Tx) error {
			var errs []error
			for seq := s.Prev.Seq + 1; seq <= s.Last.Seq; seq++ {
				errs = append(errs, tx.Bucket(logName).Delete(seqKey(seq)))
			}
			return errors.Join(errs...)
		})
		time.Sleep(10 * time.Millisecond) // so that kills find the gap, which a slow disk makes as wide
		if err == nil {
			err = l.db.Update(func(tx *bolt.Tx) error { return putBlock(tx, s) })
		}
		if err != nil {
			return err
		}
	}
	return nil
}
