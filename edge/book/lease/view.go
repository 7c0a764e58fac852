package lease

import (
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// The view's keys.
//
//	l/WHAT/ID  -> a lease of which something is left

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

const prefix = "l/"

func key(what string, lease id.Errand) []byte { return []byte(prefix + what + "/" + string(lease)) }

// Of is every lease of one thing, by their names.
func Of(src ledger.Source, what string) []Lease { return scan(src, prefix+what+"/") }

// All is every lease.
func All(src ledger.Source) []Lease { return scan(src, prefix) }

func scan(src ledger.Source, under string) (out []Lease) {
	src.Reader(Name).Scan([]byte(under), func(_, value []byte) bool {
		out = append(out, decode(value))
		return true
	})
	return out
}

func get(r ledger.Reader, what string, lease id.Errand) (Lease, bool) {
	b := r.Get(key(what, lease))
	if b == nil {
		return Lease{}, false
	}
	return decode(b), true
}

func put(v ledger.View, l Lease) error {
	b, err := chain.EncodeBody(l)
	if err != nil {
		return fmt.Errorf("view %s: %w", Name, err)
	}
	return v.Put(key(l.What, l.ID), b)
}

// decode reads what the projection stored. The ledger vouches for the bytes, so others are a mistake.
func decode(b []byte) (l Lease) {
	if err := chain.DecodeBody(b, &l); err != nil {
		panic(fmt.Sprintf("BUG: view %s: %v", Name, err))
	}
	return l
}
