package visit

import (
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Finished records that a stop was served. The next stop is waiting from here on; after the last the visit is done.
// Finished2 took its place, which can choose the next stop.
type Finished struct {
	Desk    id.Desk `cbor:"1,keyasint"`
	Stop    uint8   `cbor:"2,keyasint"` // index of the stop
	Outcome string  `cbor:"3,keyasint"` // a code of the service: "done", "papers-missing"
}

// Kind is visit.finished/1.
func (Finished) Kind() chain.Kind { return "visit.finished/1" }

// Check reports a desk, stop or outcome that cannot be.
func (e Finished) Check() error {
	return errors.Join(checkAt(e.Desk, e.Stop), CheckWord(e.Outcome))
}

func (e Finished) project(v ledger.View, h chain.Header) error {
	return Finished2{Desk: e.Desk, Stop: e.Stop, Outcome: e.Outcome}.project(v, h)
}

// Finished2 records that a stop was served. The next stop is waiting from here on; after the last the visit is done.
type Finished2 struct {
	Desk    id.Desk `cbor:"1,keyasint"`
	Stop    uint8   `cbor:"2,keyasint"` // index of the stop
	Outcome string  `cbor:"3,keyasint"` // a code of the service: "done", "papers-missing"
	Next    uint8   `cbor:"4,keyasint"` // 1 + index of the stop to go on with, in a journey without an order; 0 for as planned
	With    bool    `cbor:"5,keyasint"` // in one press with what the desk recorded before
}

// Kind is visit.finished/2.
func (Finished2) Kind() chain.Kind { return "visit.finished/2" }

// Check reports a desk, stop or outcome that cannot be.
func (e Finished2) Check() error {
	return errors.Join(checkAt(e.Desk, e.Stop), CheckWord(e.Outcome), checkNext(e.Next))
}

func (e Finished2) project(v ledger.View, h chain.Header) error {
	return press(v, h, e.Desk, e.With, func(after *Visit, at Moment) {
		after.Stop().Outcome = e.Outcome
		after.end(StateDone, e.Next, at)
	})
}

func checkNext(next uint8) error {
	if next > StopsMax {
		return fmt.Errorf("next stop %d: want at most %d", next, StopsMax)
	}
	return nil
}

// CheckWord reports an outcome or reason that is not a code of 1 to 32 letters a-z, digits and hyphens.
func CheckWord(s string) error {
	if s == "" || len(s) > wordBytesMax {
		return fmt.Errorf("a code of %d bytes: want 1 to %d", len(s), wordBytesMax)
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return fmt.Errorf("code %q: want letters a-z, digits and hyphens", s)
		}
	}
	return nil
}

func checkWordOrNone(s string) error {
	if s == "" {
		return nil
	}
	return CheckWord(s)
}

// Ending is how a stop ends at a desk.
type Ending struct {
	State   State  // done or failed
	Outcome string // a code; of a failure, why
	Added   []Addition
	Next    func(*Visit) uint8 // chooses among what is planned by then: 1 + index, or 0; nil is as planned
}

// Addition is a stop that follows from an outcome or a mark.
type Addition struct {
	Service id.Service
	Cause   string // a code: the outcome or the mark
}

// End ends the stop that the desk is serving, and adds what follows from it before, so that the visit goes on there. It
// gives the visit as it will be. It reports ErrNobody, ErrState, ErrFull, or what Check finds.
func End(tx *ledger.Tx, d id.Desk, e Ending) (after Visit, err error) {
	v, err := inHand(tx, d, StateServing)
	if err != nil {
		return v, err
	}
	after = v.copied()
	at := Moment{Seq: tx.Seq() + 1, Axis: Now(tx)}
	for i, add := range e.Added {
		if err := checkRoom(&after, add.Service); err != nil {
			return after, err
		}
		if err := tx.Append(string(v.ID), StopAdded{Desk: d, Service: add.Service, Next: true, Cause: add.Cause, With: i > 0}); err != nil {
			return after, err
		}
		after.add(Stop{Service: add.Service, State: StatePlanned, Since: at}, true)
	}
	var next uint8
	if e.Next != nil {
		next = e.Next(&after)
	}
	var event ledger.Event = Finished2{Desk: d, Stop: v.Now, Outcome: e.Outcome, Next: next, With: len(e.Added) > 0}
	if e.State == StateFailed {
		event = Failed{Desk: d, Stop: v.Now, Reason: e.Outcome, Next: next, With: len(e.Added) > 0}
	}
	after.Stop().Outcome = e.Outcome
	after.end(e.State, next, at)
	return after, tx.Append(string(v.ID), event)
}

// Failed records that a stop could not be done here: a system was down, a machine broke. The visit goes on.
type Failed struct {
	Desk   id.Desk `cbor:"1,keyasint"`
	Stop   uint8   `cbor:"2,keyasint"` // index of the stop
	Reason string  `cbor:"3,keyasint"` // a code: "system-down"
	Next   uint8   `cbor:"4,keyasint"` // as in Finished2
	With   bool    `cbor:"5,keyasint"` // in one press with what the desk recorded before
}

// Kind is visit.failed/1.
func (Failed) Kind() chain.Kind { return "visit.failed/1" }

// Check reports a desk, stop or reason that cannot be.
func (e Failed) Check() error {
	return errors.Join(checkAt(e.Desk, e.Stop), CheckWord(e.Reason), checkNext(e.Next))
}

func (e Failed) project(v ledger.View, h chain.Header) error {
	return press(v, h, e.Desk, e.With, func(after *Visit, at Moment) {
		after.Stop().Outcome = e.Reason
		after.end(StateFailed, e.Next, at)
	})
}
