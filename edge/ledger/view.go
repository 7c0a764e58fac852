package ledger

import (
	"bytes"

	bolt "go.etcd.io/bbolt"
)

// Reader is a look at one book's view. What it returns is valid only inside the function that was given it.
type Reader struct{ bucket *bolt.Bucket }

// Get is the value of a key; nil when it has none.
func (r Reader) Get(key []byte) []byte { return r.bucket.Get(key) }

// Scan calls visit for every key with the prefix, in order, until visit returns false.
func (r Reader) Scan(prefix []byte, visit func(key, value []byte) bool) {
	c := r.bucket.Cursor()
	for k, v := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, v = c.Next() {
		if !visit(k, v) {
			return
		}
	}
}

// View is one book's view inside a projection.
type View struct {
	Reader
	sum viewSum
}

// Put sets a key. Key and value are copied.
func (v View) Put(key, value []byte) error {
	value = append([]byte{}, value...) // never nil, which would stand for no key
	if err := v.sum.change(key, v.bucket.Get(key), value); err != nil {
		return err
	}
	return v.bucket.Put(key, value)
}

// Delete removes a key; a missing one is no error.
func (v View) Delete(key []byte) error {
	if err := v.sum.change(key, v.bucket.Get(key), nil); err != nil {
		return err
	}
	return v.bucket.Delete(key)
}

// Source gives the reader of a book: a Tx inside a decision, a Snapshot outside.
type Source interface{ Reader(book string) Reader }

// Snapshot is one acknowledged state of every view. It is valid only inside the function that was given it.
type Snapshot struct {
	tx  *bolt.Tx
	seq uint64
}

// Seq is the newest record that this state contains.
func (s Snapshot) Seq() uint64 { return s.seq }

// Reader is a book's view in this state. The book must be one the ledger was opened with.
func (s Snapshot) Reader(book string) Reader {
	b := s.tx.Bucket(viewName(book))
	if b == nil {
		panic("BUG: no book " + book + " in this ledger")
	}
	return Reader{b}
}

func viewName(book string) []byte {
	return append(viewPrefix[:len(viewPrefix):len(viewPrefix)], book...)
}
