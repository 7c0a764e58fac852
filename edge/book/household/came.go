package household

import (
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Came records that a visit is this household's. The record's subject is the household. The newest holds: a visit that was
// given to the wrong family is given to the right one.
type Came struct {
	Desk  id.Desk  `cbor:"1,keyasint"`
	Visit id.Visit `cbor:"2,keyasint"`
}

// Kind is household.came/1.
func (Came) Kind() chain.Kind { return "household.came/1" }

// Check reports a desk or visit that cannot be.
func (e Came) Check() error { return errors.Join(e.Desk.Check(), e.Visit.Check()) }

func (e Came) project(v ledger.View, h chain.Header) error {
	of, _ := read(v.Reader, id.Household(h.Subject))
	of.Visits++
	if err := v.Put(visitKey(e.Visit), []byte(of.ID)); err != nil {
		return err
	}
	return put(v, of)
}

// Come records whose a visit is. A visit that is this household's already stays so, and nothing is recorded. It reports
// ErrForgotten or what Check finds.
func Come(tx *ledger.Tx, h id.Household, e Came) error {
	of, _ := Get(tx, h)
	if of.Forgotten {
		return fmt.Errorf("household %s: %w", h, ErrForgotten)
	}
	if now, ok := At(tx, e.Visit); ok && now.ID == h {
		return nil
	}
	return tx.Append(string(h), e)
}
