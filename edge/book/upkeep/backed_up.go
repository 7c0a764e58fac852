package upkeep

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
)

// BackedUp records that a copy of the box was written, synced and read back.
type BackedUp struct {
	Head  uint64 `cbor:"1,keyasint"` // the newest record in it
	Hash  []byte `cbor:"2,keyasint"` // of that record, 32 bytes
	Bytes uint64 `cbor:"3,keyasint"` // of the file
	Sum   []byte `cbor:"4,keyasint"` // SHA-256 of the sealed part, 32 bytes
	Label string `cbor:"5,keyasint"` // the label of what it was written to: "KINGSTON"
}

// Kind is box.backed-up/1.
func (BackedUp) Kind() chain.Kind { return "box.backed-up/1" }

// Check reports a copy of nothing, and a label that is none.
func (e BackedUp) Check() error {
	var errs []error
	if e.Head == 0 || e.Bytes == 0 || len(e.Hash) != hashBytes || len(e.Sum) != hashBytes {
		errs = append(errs, errors.New("a copy has a head, a size and two hashes of 32 bytes"))
	}
	if e.Label == "" || len(e.Label) > labelBytesMax || !utf8.ValidString(e.Label) {
		errs = append(errs, fmt.Errorf("label of %d bytes: want 1 to %d", len(e.Label), labelBytesMax))
	}
	return errors.Join(errs...)
}

func (e BackedUp) project(v ledger.View, h chain.Header) error {
	b, err := chain.EncodeBody(Last{e.Head, h.Stamp.Wall, e.Label})
	if err != nil {
		return fmt.Errorf("view %s: %w", Name, err)
	}
	return v.Put(lastKey, b)
}

// Last is the newest copy. It is the view, under its one key "last".
type Last struct {
	Head  uint64 `cbor:"1,keyasint"`
	Wall  int64  `cbor:"2,keyasint"` // of the record, milliseconds since 1970 UTC
	Label string `cbor:"3,keyasint"`
}

var lastKey = []byte("last")

// Newest is the newest copy; false when none was ever made.
func Newest(src ledger.Source) (l Last, ok bool) {
	b := src.Reader(Name).Get(lastKey)
	if b == nil {
		return l, false
	}
	if err := chain.DecodeBody(b, &l); err != nil {
		panic("BUG: view " + Name + ": " + err.Error()) // the ledger vouches for the bytes
	}
	return l, true
}
