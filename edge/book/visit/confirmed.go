package visit

import (
	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Confirmed records that the person who was called is there: serving begins.
type Confirmed struct {
	Desk id.Desk `cbor:"1,keyasint"`
	Stop uint8   `cbor:"2,keyasint"` // index in Opened.Stops
}

// Kind is visit.confirmed/1.
func (Confirmed) Kind() chain.Kind { return "visit.confirmed/1" }

// Check reports a desk or stop that cannot be.
func (e Confirmed) Check() error { return checkAt(e.Desk, e.Stop) }

func (e Confirmed) project(v ledger.View, h chain.Header) error {
	return alter(v, h, func(after *Visit) { after.enter(StateServing, h) })
}

// Confirm begins to serve whom the desk called. It reports ErrNobody or ErrState.
func Confirm(tx *ledger.Tx, d id.Desk) error {
	v, err := inHand(tx, d, StateCalled)
	if err != nil {
		return err
	}
	return tx.Append(string(v.ID), Confirmed{Desk: d, Stop: uint8(v.At())})
}
