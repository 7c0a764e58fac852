package visit

import (
	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Issued records that the visit's paper was confirmed. Its first stop is waiting from here on.
type Issued struct{}

// Kind is visit.issued/1.
func (Issued) Kind() chain.Kind { return "visit.issued/1" }

// Check accepts every value: there is nothing in it.
func (Issued) Check() error { return nil }

func (Issued) project(v ledger.View, h chain.Header) error {
	return alter(v, h, func(after *Visit, at Moment) {
		after.InHand = true
		seniority := at.Axis
		if after.Senior != 0 {
			seniority = after.Senior
		}
		after.await(seniority, at)
	})
}

// Issue puts a visit in line. It reports ErrNoVisit or ErrState.
func Issue(tx *ledger.Tx, v id.Visit) error {
	if _, err := inState(tx, v, StatePlanned); err != nil {
		return err
	}
	return tx.Append(string(v), Issued{})
}

// Renewed records that a lost paper was replaced: the code of the old one leads nowhere any more.
type Renewed struct {
	Code id.Code `cbor:"1,keyasint"` // of the new paper
}

// Kind is visit.renewed/1.
func (Renewed) Kind() chain.Kind { return "visit.renewed/1" }

// Check reports a code that is none.
func (e Renewed) Check() error { return e.Code.Check() }

func (e Renewed) project(v ledger.View, h chain.Header) error {
	before, err := altered(v, h, func(after *Visit, _ Moment) { after.Code = e.Code })
	if err != nil {
		return err
	}
	if err := v.Delete(codeKey(before.Code)); err != nil {
		return err
	}
	return v.Put(codeKey(e.Code), []byte(before.ID))
}

// Renew gives a visit a new code. It reports ErrNoVisit, ErrState, ErrTaken, or what Check finds.
func Renew(tx *ledger.Tx, v id.Visit, c id.Code) error {
	if _, err := standing(tx, v); err != nil {
		return err
	}
	if tx.Reader(Name).Get(codeKey(c)) != nil {
		return ErrTaken
	}
	return tx.Append(string(v), Renewed{Code: c})
}

// Promised records the wait that somebody was told when a stop began to wait.
type Promised struct {
	Stop    uint8  `cbor:"1,keyasint"` // index of the stop
	LowMin  uint16 `cbor:"2,keyasint"` // minutes before which the call does not come
	HighMin uint16 `cbor:"3,keyasint"` // and by which it does; the range is meant to hold six times of seven
}

// Kind is visit.promised/1.
func (Promised) Kind() chain.Kind { return "visit.promised/1" }

// Check reports a stop that cannot be, or a range that is none.
func (e Promised) Check() error {
	if e.LowMin > e.HighMin || e.HighMin == 0 {
		return errRange
	}
	return checkStop(e.Stop)
}

// project keeps the first promise of a stop: that is what people were told.
func (e Promised) project(v ledger.View, h chain.Header) error {
	before, err := load(v, h.Subject)
	if err != nil {
		return err
	}
	after := before.copied()
	if stop := &after.Stops[e.Stop]; stop.HighMin == 0 {
		stop.LowMin, stop.HighMin = e.LowMin, e.HighMin
	}
	return put(v, visitKey(after.ID), after)
}

// Promise records what somebody is told in the decision that puts a stop in line. It reports what Check finds.
func Promise(tx *ledger.Tx, v id.Visit, e Promised) error { return tx.Append(string(v), e) }
