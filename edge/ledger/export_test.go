package ledger

import (
	"context"
	"errors"
	"time"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
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

// Examine is what a start finds out before it writes anything, and then the whole chain and every key of the views.
func Examine(path string, books []Book) (at chain.Position, err error) {
	defer store.Guard(&err)()
	l, err := open(path, Options{Books: books}, true)
	if err != nil {
		return at, err
	}
	defer l.db.Close()
	last, _, err := l.checkTail(time.Time{})
	if err == nil {
		err = l.compare(last)
	}
	if err == nil && l.care.spoilt > 0 {
		err = errors.New("a header is spoilt")
	}
	if err != nil {
		return at, err
	}
	return l.head, nil
}

// FailMetaSync lets every commit be in the file and fail: what a disk does that cannot sync the header.
func FailMetaSync(l *Ledger, err error) {
	l.commitTx = func(tx *bolt.Tx) error { return errors.Join(tx.Commit(), err) }
}

// Filed is the head of the file itself, whatever was acknowledged.
func Filed(l *Ledger) (at chain.Position) {
	_ = l.db.View(func(tx *bolt.Tx) (err error) { at, err = headOf(tx, l.lineage); return err })
	return at
}

// Stretch is a step of the verification in the background.
func Stretch(ctx context.Context, l *Ledger, place string) (next string, err error) {
	return l.stretch(ctx, place)
}

// OwnBook is the ledger's own.
func OwnBook() Book { return own() }
