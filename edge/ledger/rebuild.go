package ledger

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"markaz.example/edge/chain"
)

// unfinished marks a view whose rebuild has not reached the end; the next start begins it again.
const unfinished = ^uint64(0)

// rebuildAll drops the views and makes them anew from the records.
func (l *Ledger) rebuildAll(ctx context.Context, progress Progress) error {
	stale := make([]bool, len(l.shelf.books))
	for i := range stale {
		stale[i] = true
	}
	return l.rebuild(ctx, stale, progress)
}

// prepareViews rebuilds the views that are missing, unfinished, or of another version than this program's.
func (l *Ledger) prepareViews() error {
	stale := make([]bool, len(l.shelf.books))
	some := false
	err := l.db.View(func(tx *bolt.Tx) error {
		for i, b := range l.shelf.books {
			v := tx.Bucket(metaName).Get(versionKey(b))
			stale[i] = len(v) != 8 || binary.BigEndian.Uint64(v) != uint64(b.Version)
			some = some || stale[i]
		}
		return nil
	})
	if err != nil || !some {
		return err
	}
	l.log.Info("rebuilding views", "seq", l.head.Seq)
	return l.rebuild(context.Background(), stale, nil)
}

func (l *Ledger) rebuild(ctx context.Context, stale []bool, progress Progress) (err error) {
	defer store.Guard(&err)()
	if l.base.Seq > 0 { // before anything is dropped: an earlier version goes on with the views as they are
		return fmt.Errorf("views of records up to %d cannot be made anew: %w; until then go on with the version before",
			l.base.Seq, ErrPruned)
	}
	if err := l.dropViews(stale); err != nil {
		return fmt.Errorf("drop views: %w", err)
	}
	for done := uint64(0); done < l.head.Seq; {
		if err := ctx.Err(); err != nil {
			return err
		}
		upto, err := l.replay(done, stale)
		if err != nil {
			return fmt.Errorf("rebuild views: %w", err)
		}
		if done = upto; progress != nil {
			progress(done, l.head.Seq)
		}
	}
	return l.markViews(stale, func(b Book) uint64 { return uint64(b.Version) })
}

func (l *Ledger) dropViews(stale []bool) error {
	if err := l.markViews(stale, func(Book) uint64 { return unfinished }); err != nil {
		return err
	}
	return l.db.Update(func(tx *bolt.Tx) error {
		for i, b := range l.shelf.books {
			if !stale[i] {
				continue
			}
			if err := tx.DeleteBucket(viewName(b.Name)); err != nil && !errors.Is(err, bolterrors.ErrBucketNotFound) {
				return err
			}
			if _, err := tx.CreateBucket(viewName(b.Name)); err != nil {
				return err
			}
			if err := sumOf(tx, b.Name).forget(); err != nil {
				return err
			}
		}
		return nil
	})
}

func (l *Ledger) markViews(stale []bool, mark func(Book) uint64) error {
	return l.db.Update(func(tx *bolt.Tx) error {
		var errs []error
		for i, b := range l.shelf.books {
			if stale[i] {
				errs = append(errs, tx.Bucket(metaName).Put(versionKey(b), seqKey(mark(b))))
			}
		}
		return errors.Join(errs...)
	})
}

func versionKey(b Book) []byte {
	return append(viewVersionsKey[:len(viewVersionsKey):len(viewVersionsKey)], b.Name...)
}

// replay projects one bounded group of records behind after into the stale views.
func (l *Ledger) replay(after uint64, stale []bool) (upto uint64, err error) {
	err = l.db.Update(func(tx *bolt.Tx) error {
		before, err := l.positionOf(tx, after)
		if err != nil {
			return err
		}
		return each(tx, after, func(f filed) error {
			before = l.lineage.enter(before)
			r, odd := chain.Decode(f.stored)
			if odd == nil {
				err = l.replayOne(Snapshot{tx, f.at.Seq}, r, stale)
			} else {
				_, err = follows(before.Walk(), f) // it says nothing to a view, if it is not the disk that made it odd
			}
			if err != nil {
				return err
			}
			if before, upto = f.at, f.at.Seq; upto >= after+rebuildGroup {
				return errEnough
			}
			return nil
		})
	})
	return upto, err
}

func (l *Ledger) replayOne(views Snapshot, r chain.Record, stale []bool) error {
	k, ok := l.shelf.kinds[r.Kind]
	if !ok || !stale[k.book] {
		return nil
	}
	e, err := k.decode(r.Body)
	if err != nil {
		return fmt.Errorf("record %d: %w", r.Seq, err)
	}
	return project(k, views, l.shelf, r.Header, e)
}

// RebuildFile makes the views of a closed ledger anew, without recording a start, and gives the head.
func RebuildFile(ctx context.Context, path string, books []Book, progress Progress) (chain.Position, error) {
	l, err := open(path, Options{Books: books}, false)
	if err != nil {
		return chain.Position{}, err
	}
	return l.head, errors.Join(l.rebuildAll(ctx, progress), l.db.Close())
}
