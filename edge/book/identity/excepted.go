package identity

import (
	"errors"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Excepted records that staff goes on without a finger, and why.
type Excepted struct {
	Desk   id.Desk `cbor:"1,keyasint"`
	Stop   uint8   `cbor:"2,keyasint"`
	Reason string  `cbor:"3,keyasint"` // a code: "worn", "injured", "missing", "henna", "reader-down"
}

// Kind is identity.excepted/1.
func (Excepted) Kind() chain.Kind { return "identity.excepted/1" }

// Check reports a desk or reason that cannot be.
func (e Excepted) Check() error { return errors.Join(e.Desk.Check(), CheckReason(e.Reason)) }

func (e Excepted) project(v ledger.View, h chain.Header) error {
	return alter(v, h, e.Stop, e.Desk, func(c *Check) { c.State, c.Reason = StateExcepted, e.Reason })
}

// Except settles a check without a finger. It reports ErrSettled, or what Check finds.
func Except(tx *ledger.Tx, v id.Visit, e Excepted) error {
	if _, err := open(tx, v, e.Stop); err != nil {
		return err
	}
	return tx.Append(string(v), e)
}
