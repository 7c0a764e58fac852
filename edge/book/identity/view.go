package identity

import (
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// The view's keys. STOP is one byte.
//
//	v/VISIT/STOP  the check, whole
//	c/CASE        -> key of its check
func checkKey(v id.Visit, stop uint8) []byte { return append([]byte("v/"+v+"/"), stop) }
func caseKey(c id.Case) []byte               { return []byte("c/" + c) }

func read(r ledger.Reader, v id.Visit, stop uint8) Check {
	c := Check{Visit: v, Stop: stop, State: StateOpen}
	get(r, checkKey(v, stop), &c)
	return c
}

// alter projects an event that changes the check of a stop.
func alter(v ledger.View, h chain.Header, stop uint8, at id.Desk, change func(*Check)) error {
	c := read(v.Reader, id.Visit(h.Subject), stop)
	change(&c)
	c.Desk, c.Since = at, h.Seq
	b, err := chain.EncodeBody(c)
	if err != nil {
		return fmt.Errorf("view %s: %w", Name, err)
	}
	return v.Put(checkKey(c.Visit, stop), b)
}

// get reads what alter stored; false when there is nothing. The ledger vouches for the bytes, so others are a mistake.
func get(r ledger.Reader, key []byte, into *Check) bool {
	b := r.Get(key)
	if b == nil {
		return false
	}
	if err := chain.DecodeBody(b, into); err != nil {
		panic(fmt.Sprintf("BUG: view %s, key %q: %v", Name, key, err))
	}
	return true
}
