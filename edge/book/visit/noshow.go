package visit

import (
	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// NoShow records that the person who was called did not come.
type NoShow struct {
	Desk id.Desk `cbor:"1,keyasint"`
	Stop uint8   `cbor:"2,keyasint"` // index in Opened.Stops
}

// Kind is visit.no-show/1.
func (NoShow) Kind() chain.Kind { return "visit.no-show/1" }

// Check reports a desk or stop that cannot be.
func (e NoShow) Check() error { return checkAt(e.Desk, e.Stop) }

func (e NoShow) project(v ledger.View, h chain.Header) error {
	return alter(v, h, func(after *Visit) { after.enter(StateNoShow, h) })
}

// GiveUp ends the desk's call of somebody who does not come. It reports ErrNobody or ErrState.
func GiveUp(tx *ledger.Tx, d id.Desk) error {
	v, err := inHand(tx, d, StateCalled)
	if err != nil {
		return err
	}
	return tx.Append(string(v.ID), NoShow{Desk: d, Stop: uint8(v.At())})
}
