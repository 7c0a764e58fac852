package visit

import (
	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// NoShow records that the person who was called did not come.
type NoShow struct {
	Desk id.Desk `cbor:"1,keyasint"`
	Stop uint8   `cbor:"2,keyasint"` // index of the stop
}

// Kind is visit.no-show/1.
func (NoShow) Kind() chain.Kind { return "visit.no-show/1" }

// Check reports a desk or stop that cannot be.
func (e NoShow) Check() error { return checkAt(e.Desk, e.Stop) }

func (e NoShow) project(v ledger.View, h chain.Header) error {
	return press(v, h, e.Desk, false, func(after *Visit, at Moment) {
		stop := after.Stop()
		stop.turn(StateNoShow, at)
		stop.Missed++
	})
}

// GiveUp ends the desk's call of somebody who does not come. It reports ErrNobody or ErrState.
func GiveUp(tx *ledger.Tx, d id.Desk) error {
	v, err := inHand(tx, d, StateCalled)
	if err != nil {
		return err
	}
	return tx.Append(string(v.ID), NoShow{Desk: d, Stop: v.Now})
}

// Returned records that somebody who had not come when called is here after all. They are in line again, behind others.
type Returned struct {
	Stop   uint8  `cbor:"1,keyasint"` // index of the stop
	Behind uint16 `cbor:"2,keyasint"` // how many are called of this line before
}

// Kind is visit.returned/1.
func (Returned) Kind() chain.Kind { return "visit.returned/1" }

// Check reports a stop that cannot be.
func (e Returned) Check() error { return checkStop(e.Stop) }

func (e Returned) project(v ledger.View, h chain.Header) error {
	return alter(v, h, func(after *Visit, at Moment) {
		stop := after.Stop()
		after.await(stop.Seniority, at)
		stop.Returns++
		stop.Gate = calls(v.Reader, stop.Service) + uint64(e.Behind)
	})
}

// Return puts somebody who did not come back in line: the first time behind the next few, later behind all who wait. It
// reports ErrNoVisit or ErrState.
func Return(tx *ledger.Tx, v id.Visit, few int) error {
	got, err := inState(tx, v, StateNoShow)
	if err != nil {
		return err
	}
	behind := Waiting(tx, got.Stop().Service)
	if got.Stop().Returns == 0 {
		behind = min(behind, few)
	}
	return tx.Append(string(v), Returned{Stop: got.Now, Behind: uint16(min(behind, 1<<16-1))})
}
