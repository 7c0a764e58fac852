package visit

import (
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// OutcomeTransferred is the outcome of a stop that was handed to another service, desk or person.
const OutcomeTransferred = "transferred"

// Transferred records that a desk handed whoever it serves on. The stop is done, and a new one waits.
type Transferred struct {
	Desk      id.Desk    `cbor:"1,keyasint"`
	Stop      uint8      `cbor:"2,keyasint"` // index of the stop that ends
	Service   id.Service `cbor:"3,keyasint"` // of the new stop
	To        id.Desk    `cbor:"4,keyasint"` // the one desk that may call it; empty for any
	Staff     string     `cbor:"5,keyasint"` // the one person who may call it, by code; empty for anybody
	Note      string     `cbor:"6,keyasint"` // a code for whoever calls it; empty for none
	Rule      string     `cbor:"7,keyasint"` // how its place was chosen: "keep", "front", "end"
	Seniority int64      `cbor:"8,keyasint"` // its place: milliseconds on the axis of this box's visits
}

// The rules of a transfer's seniority.
const (
	SeniorityKeep  = "keep"  // as it had in the line that it came from
	SeniorityFront = "front" // before all of its class
	SeniorityEnd   = "end"   // as if it came now
)

// CheckSeniority reports a rule of seniority that is none.
func CheckSeniority(s string) error {
	if s != SeniorityKeep && s != SeniorityFront && s != SeniorityEnd {
		return fmt.Errorf("seniority %q: want keep, front or end", s)
	}
	return nil
}

// Kind is visit.transferred/1.
func (Transferred) Kind() chain.Kind { return "visit.transferred/1" }

// Check reports what is wrong with each field.
func (e Transferred) Check() error {
	errs := []error{
		checkAt(e.Desk, e.Stop), e.Service.Check(), checkWordOrNone(e.Note), CheckSeniority(e.Rule), CheckStaff(e.Staff),
	}
	if e.To != "" {
		errs = append(errs, e.To.Check())
	}
	return errors.Join(errs...)
}

// CheckStaff reports a code of a person that is too long, or is not of letters, digits and hyphens; empty is nobody.
func CheckStaff(s string) error {
	if len(s) > wordBytesMax {
		return fmt.Errorf("staff code of %d bytes: want at most %d", len(s), wordBytesMax)
	}
	for _, c := range s {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
			return fmt.Errorf("staff code %q: want letters, digits and hyphens", s)
		}
	}
	return nil
}

func (e Transferred) project(v ledger.View, h chain.Header) error {
	return press(v, h, e.Desk, false, func(after *Visit, at Moment) {
		after.Stop().Outcome = OutcomeTransferred
		after.add(Stop{Service: e.Service, State: StatePlanned, Since: at, To: e.To, Staff: e.Staff, Note: e.Note}, true)
		after.end(StateDone, 0, at)
		after.await(e.Seniority, at)
	})
}

// Transfer hands whoever the desk serves on. Rule says which place it takes in the new line. It reports ErrNobody,
// ErrState, ErrFull, or what Check finds.
func Transfer(tx *ledger.Tx, e Transferred) error {
	v, err := inHand(tx, e.Desk, StateServing)
	if err != nil {
		return err
	}
	if len(v.Stops) == StopsMax {
		return fmt.Errorf("visit %s: %w", v.ID, ErrFull)
	}
	e.Stop = v.Now
	switch e.Rule {
	case SeniorityKeep:
		e.Seniority = v.Stop().Seniority
	case SeniorityFront:
		e.Seniority = front(tx, e.Service)
	default:
		e.Seniority = Now(tx)
	}
	return tx.Append(string(v.ID), e)
}

// front is a seniority before all who wait for a service.
func front(tx *ledger.Tx, s id.Service) int64 {
	first := Now(tx)
	for _, w := range Line(tx, s) {
		first = min(first, w.Seniority-1)
	}
	return first
}
