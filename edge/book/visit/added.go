package visit

import (
	"errors"
	"fmt"
	"slices"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// StopAdded records that a visit wants one more service.
type StopAdded struct {
	Desk    id.Desk    `cbor:"1,keyasint"` // that added it; empty when somebody else did
	Service id.Service `cbor:"2,keyasint"`
	Next    bool       `cbor:"3,keyasint"` // before what is planned; otherwise behind it
	Cause   string     `cbor:"4,keyasint"` // what it follows from in the journey: an outcome or a mark; empty when somebody chose it
	With    bool       `cbor:"5,keyasint"` // in one press with what the desk recorded before
}

// Kind is visit.stop-added/1.
func (StopAdded) Kind() chain.Kind { return "visit.stop-added/1" }

// Check reports a desk, service or cause that cannot be.
func (e StopAdded) Check() error {
	errs := []error{e.Service.Check(), checkWordOrNone(e.Cause)}
	if e.Desk != "" {
		errs = append(errs, e.Desk.Check())
	}
	return errors.Join(errs...)
}

func (e StopAdded) project(v ledger.View, h chain.Header) error {
	add := func(after *Visit, at Moment) {
		after.add(Stop{Service: e.Service, State: StatePlanned, Since: at}, e.Next)
	}
	if e.Desk == "" {
		return alter(v, h, add)
	}
	return press(v, h, e.Desk, e.With, add)
}

// AddStop adds a service to a visit that is not over. It reports ErrNoVisit, ErrState, ErrFull, ErrTwice, or what Check
// finds.
func AddStop(tx *ledger.Tx, v id.Visit, e StopAdded) error {
	got, err := standing(tx, v)
	if err != nil {
		return err
	}
	if err := checkRoom(&got, e.Service); err != nil {
		return err
	}
	return tx.Append(string(v), e)
}

// checkRoom reports ErrFull, or ErrTwice for a service that the visit is at or will come to.
func checkRoom(v *Visit, s id.Service) error {
	if len(v.Stops) >= StopsMax {
		return fmt.Errorf("visit %s: %w", v.ID, ErrFull)
	}
	if v.ToCome(s) {
		return fmt.Errorf("visit %s, service %s: %w", v.ID, s, ErrTwice)
	}
	return nil
}

// ToCome says whether a visit is at a service or will come to it.
func (v *Visit) ToCome(s id.Service) bool {
	return slices.ContainsFunc(v.Path()[len(v.Walked):], func(i uint8) bool { return v.Stops[i].Service == s })
}

// Has says whether a service is among a visit's stops: walked, present, to come, or cancelled.
func (v *Visit) Has(s id.Service) bool {
	return slices.ContainsFunc(v.Stops, func(stop Stop) bool { return stop.Service == s })
}

// StopCancelled records that one stop that nobody is at is not wanted any more.
type StopCancelled struct {
	Stop   uint8  `cbor:"1,keyasint"` // index of the stop
	Reason string `cbor:"2,keyasint"` // a code
}

// Kind is visit.stop-cancelled/1.
func (StopCancelled) Kind() chain.Kind { return "visit.stop-cancelled/1" }

// Check reports a stop or reason that cannot be.
func (e StopCancelled) Check() error { return errors.Join(checkStop(e.Stop), CheckWord(e.Reason)) }

func (e StopCancelled) project(v ledger.View, h chain.Header) error {
	return alter(v, h, func(after *Visit, at Moment) {
		stop := &after.Stops[e.Stop]
		stop.Outcome = e.Reason
		if e.Stop == after.Now {
			after.end(StateCancelled, 0, at)
			return
		}
		stop.turn(StateCancelled, at)
		after.Plan = slices.DeleteFunc(after.Plan, func(i uint8) bool { return i == e.Stop })
		after.Walked = append(after.Walked, e.Stop)
	})
}

// CancelStop takes one stop out of a visit whose paper is in hand: a planned one, or the present one when no desk has it.
// It reports ErrNoVisit, ErrState, or what Check finds.
func CancelStop(tx *ledger.Tx, v id.Visit, stop int, reason string) error {
	got, err := standing(tx, v)
	if err != nil {
		return err
	}
	planned := slices.Contains(got.Plan, uint8(stop))
	present := stop == got.At() && !got.Stop().State.atDesk()
	if !got.InHand || !planned && !present {
		return fmt.Errorf("visit %s, stop %d: %w", v, stop, ErrState)
	}
	return tx.Append(string(v), StopCancelled{uint8(stop), reason})
}
