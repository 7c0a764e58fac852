package visit

import (
	"errors"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Held records that whoever a desk serves went to fetch something. They keep their seniority.
type Held struct {
	Desk   id.Desk `cbor:"1,keyasint"`
	Stop   uint8   `cbor:"2,keyasint"` // index of the stop
	Reason string  `cbor:"3,keyasint"` // a code: "nadra", "photocopy"
}

// Kind is visit.held/1.
func (Held) Kind() chain.Kind { return "visit.held/1" }

// Check reports a desk, stop or reason that cannot be.
func (e Held) Check() error { return errors.Join(checkAt(e.Desk, e.Stop), CheckWord(e.Reason)) }

func (e Held) project(v ledger.View, h chain.Header) error {
	return press(v, h, e.Desk, false, func(after *Visit, at Moment) {
		after.Stop().turn(StateHold, at)
		after.Stop().Why = e.Reason
	})
}

// Hold lets whoever the desk serves go and fetch something. It reports ErrNobody, ErrState, or what Check finds.
func Hold(tx *ledger.Tx, d id.Desk, reason string) error {
	v, err := inHand(tx, d, StateServing)
	if err != nil {
		return err
	}
	return tx.Append(string(v.ID), Held{Desk: d, Stop: v.Now, Reason: reason})
}

// Parked records that a desk waits for an answer about whoever it serves.
type Parked struct {
	Desk   id.Desk `cbor:"1,keyasint"`
	Stop   uint8   `cbor:"2,keyasint"` // index of the stop
	Reason string  `cbor:"3,keyasint"` // a code: "awaiting-answer"
	Pool   bool    `cbor:"4,keyasint"` // any desk of the service may take it up, not this one only
}

// Kind is visit.parked/1.
func (Parked) Kind() chain.Kind { return "visit.parked/1" }

// Check reports a desk, stop or reason that cannot be.
func (e Parked) Check() error { return errors.Join(checkAt(e.Desk, e.Stop), CheckWord(e.Reason)) }

func (e Parked) project(v ledger.View, h chain.Header) error {
	return press(v, h, e.Desk, false, func(after *Visit, at Moment) {
		stop := after.Stop()
		stop.turn(StateParked, at)
		stop.Why, stop.Pool = e.Reason, e.Pool
	})
}

// Park puts whoever the desk serves aside until an answer is there. It reports ErrNobody, ErrState, or what Check finds.
func Park(tx *ledger.Tx, d id.Desk, reason string, pool bool) error {
	v, err := inHand(tx, d, StateServing)
	if err != nil {
		return err
	}
	return tx.Append(string(v.ID), Parked{Desk: d, Stop: v.Now, Reason: reason, Pool: pool})
}

// Resumed records that somebody is back from a hold, or that the answer for somebody parked is there: they are in line
// again, where they were.
type Resumed struct {
	Stop uint8 `cbor:"1,keyasint"` // index of the stop
}

// Kind is visit.resumed/1.
func (Resumed) Kind() chain.Kind { return "visit.resumed/1" }

// Check reports a stop that cannot be.
func (e Resumed) Check() error { return checkStop(e.Stop) }

func (e Resumed) project(v ledger.View, h chain.Header) error {
	return alter(v, h, func(after *Visit, at Moment) {
		stop := after.Stop()
		if stop.State == StateParked && !stop.Pool {
			stop.To = stop.Desk
		}
		after.await(stop.Seniority, at)
	})
}

// Resume puts somebody on hold or parked back in line, where they were. It reports ErrNoVisit or ErrState.
func Resume(tx *ledger.Tx, v id.Visit, from State) error {
	got, err := inState(tx, v, from)
	if err != nil {
		return err
	}
	return tx.Append(string(v), Resumed{Stop: got.Now})
}
