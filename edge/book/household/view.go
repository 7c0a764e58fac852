package household

import (
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Household is who belongs together.
type Household struct {
	ID        id.Household `cbor:"1,keyasint"`
	Members   []Membership `cbor:"2,keyasint"` // in the order in which they joined
	Visits    int          `cbor:"3,keyasint"` // on which they came
	Since     uint64       `cbor:"4,keyasint"` // record that formed it
	Forgotten bool         `cbor:"5,keyasint"`
}

// Membership is one member's place.
type Membership struct {
	Person id.Person `cbor:"1,keyasint"`
	As     string    `cbor:"2,keyasint"`
}

// Who is the first member in a place.
func (h Household) Who(as string) (p id.Person, ok bool) {
	for _, m := range h.Members {
		if m.As == as {
			return m.Person, true
		}
	}
	return "", false
}

// The view's keys.
//
//	h/HOUSEHOLD  the household
//	p/PERSON     -> name of the household of a person
//	v/VISIT      -> name of the household whose visit it is
const householdPrefix = "h/"

func householdKey(h id.Household) []byte { return []byte(householdPrefix + h) }
func personKey(p id.Person) []byte       { return []byte("p/" + p) }
func visitKey(v id.Visit) []byte         { return []byte("v/" + v) }

func read(r ledger.Reader, h id.Household) (Household, bool) {
	b := r.Get(householdKey(h))
	if b == nil {
		return Household{ID: h}, false
	}
	return decode([]byte(h), b), true
}

// decode reads what put stored. The ledger vouches for the bytes, so others are a mistake.
func decode(key, value []byte) (h Household) {
	if err := chain.DecodeBody(value, &h); err != nil {
		panic(fmt.Sprintf("BUG: view %s, key %q: %v", Name, key, err))
	}
	return h
}

func put(v ledger.View, h Household) error {
	b, err := chain.EncodeBody(h)
	if err != nil {
		return fmt.Errorf("view %s: %w", Name, err)
	}
	return v.Put(householdKey(h.ID), b)
}
