package lease

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// The view's keys.
//
//	l/WHAT/ID       -> a lease of which something is left
//	d/SEQ, 8 bytes  -> a number that was drawn, by its record; the newest drawnKept

// Lease is what was lent at once.
type Lease struct {
	ID    id.Errand `cbor:"1,keyasint"`
	What  string    `cbor:"2,keyasint"`
	From  uint64    `cbor:"3,keyasint"`
	Count uint64    `cbor:"4,keyasint"`
	Until int64     `cbor:"5,keyasint"` // milliseconds since 1970 UTC
	Drawn uint64    `cbor:"6,keyasint"` // in order, from From
	Seq   uint64    `cbor:"7,keyasint"` // the record of the grant
}

// Next is the number that is drawn next.
func (l Lease) Next() uint64 { return l.From + l.Drawn }

// Left is how many can be drawn.
func (l Lease) Left() uint64 { return l.Count - l.Drawn }

// Given is a number that was drawn.
type Given struct {
	What    string `cbor:"1,keyasint"`
	Number  uint64 `cbor:"2,keyasint"`
	Subject string `cbor:"3,keyasint"` // for whom
}

const prefix, drawnPrefix = "l/", "d/"

// To is what was lately drawn for somebody, oldest first.
func To(src ledger.Source, subject string) (out []Given) {
	src.Reader(Name).Scan([]byte(drawnPrefix), func(_, value []byte) bool {
		if g := decode[Given](value); g.Subject == subject {
			out = append(out, g)
		}
		return true
	})
	return out
}

// remember keeps the newest draws; the others are in the chain.
func remember(v ledger.View, seq uint64, g Given) error {
	var oldest []byte
	count := 0
	v.Scan([]byte(drawnPrefix), func(key, _ []byte) bool {
		if count++; count == 1 {
			oldest = bytes.Clone(key)
		}
		return true
	})
	if count >= drawnKept {
		if err := v.Delete(oldest); err != nil {
			return err
		}
	}
	return put(v, binary.BigEndian.AppendUint64([]byte(drawnPrefix), seq), g)
}

func key(what string, lease id.Errand) []byte { return []byte(prefix + what + "/" + string(lease)) }

// Of is every lease of one thing, by their names.
func Of(src ledger.Source, what string) []Lease { return scan(src, prefix+what+"/") }

// All is every lease.
func All(src ledger.Source) []Lease { return scan(src, prefix) }

func scan(src ledger.Source, under string) (out []Lease) {
	src.Reader(Name).Scan([]byte(under), func(_, value []byte) bool {
		out = append(out, decode[Lease](value))
		return true
	})
	return out
}

func get(r ledger.Reader, what string, lease id.Errand) (Lease, bool) {
	b := r.Get(key(what, lease))
	if b == nil {
		return Lease{}, false
	}
	return decode[Lease](b), true
}

func put(v ledger.View, key []byte, value any) error {
	b, err := chain.EncodeBody(value)
	if err != nil {
		return fmt.Errorf("view %s: %w", Name, err)
	}
	return v.Put(key, b)
}

// decode reads what the projection stored. The ledger vouches for the bytes, so others are a mistake.
func decode[T any](b []byte) (out T) {
	if err := chain.DecodeBody(b, &out); err != nil {
		panic(fmt.Sprintf("BUG: view %s: %v", Name, err))
	}
	return out
}
