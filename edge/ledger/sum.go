package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"

	bolt "go.etcd.io/bbolt"
)

// The chain finds a flipped bit in a record. A view has no chain, so the ledger keeps a sum of each: that of every key with
// its value, combined so that one Put changes it without reading the rest. Verify adds up anew.
var (
	sumsName = []byte("sums") // a bucket: sums by book
	sumsKey  = []byte("head") // in it: the newest record that they contain; a version that knows no sums leaves it behind
)

// sumPrefix keeps books apart from sumsKey.
var sumPrefix = []byte("view/")

// viewSum is the sum of one view in a transaction that writes. The zero viewSum keeps none.
type viewSum struct {
	sums *bolt.Bucket
	key  []byte
}

func sumOf(tx *bolt.Tx, book string) viewSum {
	return viewSum{tx.Bucket(sumsName), append(sumPrefix[:len(sumPrefix):len(sumPrefix)], book...)}
}

const sumBytes = 16

type sum [sumBytes]byte

func (s *sum) mix(key, value []byte) {
	h := sha256.New()
	h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(key))))
	h.Write(key)
	h.Write(value)
	var one [sha256.Size]byte
	subtle.XORBytes(s[:], s[:], h.Sum(one[:0])[:sumBytes])
}

// change is told before a key gets another value; nil stands for none.
func (v viewSum) change(key, before, after []byte) error {
	if v.sums == nil {
		return nil
	}
	var s sum
	copy(s[:], v.sums.Get(v.key))
	if before != nil {
		s.mix(key, before)
	}
	if after != nil {
		s.mix(key, after)
	}
	return v.sums.Put(v.key, s[:])
}

// forget is told when a view is dropped.
func (v viewSum) forget() error {
	if v.sums == nil {
		return nil
	}
	return v.sums.Delete(v.key)
}

// markSums says in a commit that the sums contain it.
func markSums(tx *bolt.Tx, head uint64) error {
	if sums := tx.Bucket(sumsName); sums != nil {
		return sums.Put(sumsKey, seqKey(head))
	}
	return nil
}

// summed says whether the sums contain the newest record.
func summed(tx *bolt.Tx, head uint64) bool {
	sums := tx.Bucket(sumsName)
	return sums != nil && bytes.Equal(sums.Get(sumsKey), seqKey(head))
}

// prepareSums adds up every view where an earlier version was at work, or none yet.
func (l *Ledger) prepareSums() (err error) {
	defer store.Guard(&err)()
	fresh := false
	err = l.db.View(func(tx *bolt.Tx) error { fresh = summed(tx, l.head.Seq); return nil })
	if err != nil || fresh {
		return err
	}
	return l.db.Update(func(tx *bolt.Tx) error {
		sums, err := tx.CreateBucketIfNotExists(sumsName)
		if err != nil {
			return err
		}
		for _, b := range l.shelf.books {
			s, err := addUp(tx, b.Name)
			if err != nil {
				return err
			}
			if err := sums.Put(sumOf(tx, b.Name).key, s[:]); err != nil {
				return err
			}
		}
		return markSums(tx, l.head.Seq)
	})
}

func addUp(tx *bolt.Tx, book string) (s sum, err error) {
	b := tx.Bucket(viewName(book))
	if b == nil {
		return s, nil
	}
	return s, b.ForEach(func(k, v []byte) error { s.mix(k, v); return nil })
}

// VerifyViews looks at every page, adds up every view, and names the first that is not what was written. It reports ErrDamaged;
// the way out of a view is to make them all anew. A file that keeps no sums yet passes.
func (l *Ledger) VerifyViews(ctx context.Context) error {
	return l.read(ctx, func(tx *bolt.Tx) error {
		if err := store.Sound(tx, true); err != nil {
			return err
		}
		head, err := headOf(tx, l.lineage)
		if err != nil || !summed(tx, head.Seq) {
			return err
		}
		for _, b := range l.shelf.books {
			if err := ctx.Err(); err != nil {
				return err
			}
			s, err := addUp(tx, b.Name)
			if err != nil {
				return err
			}
			v := sumOf(tx, b.Name)
			if kept := v.sums.Get(v.key); !bytes.Equal(kept, s[:]) && !(kept == nil && s == sum{}) {
				return fmt.Errorf("%w: view %q is not what was written; the records are another matter: stop the box and make the views anew with markaz ledger rebuild", ErrDamaged, b.Name)
			}
		}
		return nil
	})
}
