package household

import (
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Formed records that a household was made. The record's subject is the household.
type Formed struct {
	Desk  id.Desk  `cbor:"1,keyasint"`
	Visit id.Visit `cbor:"2,keyasint"` // on which
}

// Kind is household.formed/1.
func (Formed) Kind() chain.Kind { return "household.formed/1" }

// Check reports a desk or visit that cannot be.
func (e Formed) Check() error { return errors.Join(e.Desk.Check(), e.Visit.Check()) }

func (e Formed) project(v ledger.View, h chain.Header) error {
	return put(v, Household{ID: id.Household(h.Subject), Since: h.Seq})
}

// Form records a new household. It reports ErrTwice for a name that is in use, or what Check finds.
func Form(tx *ledger.Tx, h id.Household, e Formed) error {
	if _, taken := Get(tx, h); taken {
		return fmt.Errorf("household %s: %w", h, ErrTwice)
	}
	if err := h.Check(); err != nil {
		return err
	}
	return tx.Append(string(h), e)
}
