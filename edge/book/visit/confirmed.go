package visit

import (
	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Confirmed records that the person who was called is there: serving begins.
type Confirmed struct {
	Desk id.Desk `cbor:"1,keyasint"`
	Stop uint8   `cbor:"2,keyasint"` // index of the stop
}

// Kind is visit.confirmed/1.
func (Confirmed) Kind() chain.Kind { return "visit.confirmed/1" }

// Check reports a desk or stop that cannot be.
func (e Confirmed) Check() error { return checkAt(e.Desk, e.Stop) }

func (e Confirmed) project(v ledger.View, h chain.Header) error {
	return press(v, h, e.Desk, false, func(after *Visit, at Moment) {
		stop := after.Stop()
		stop.turn(StateServing, at)
		stop.By = h.Actor
		if stop.Served.Seq == 0 {
			stop.Served = at
		}
	})
}

// Confirm begins to serve whom the desk called. It reports ErrNobody or ErrState.
func Confirm(tx *ledger.Tx, d id.Desk) error {
	v, err := inHand(tx, d, StateCalled)
	if err != nil {
		return err
	}
	return tx.Append(string(v.ID), Confirmed{Desk: d, Stop: v.Now})
}
