package visit

import (
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Reasons of visits that nobody ended while the day lasted.
const (
	ReasonDayEnd    = "day-end"    // the next business day found them unserved
	ReasonDayClosed = "day-closed" // the manager closed the day
)

// Left records that a visit ended before all its stops were served.
type Left struct {
	Reason string `cbor:"1,keyasint"` // a code: "went-home", "day-end"
}

// Kind is visit.left/1.
func (Left) Kind() chain.Kind { return "visit.left/1" }

// Check reports a reason that is no code.
func (e Left) Check() error { return CheckWord(e.Reason) }

func (e Left) project(v ledger.View, h chain.Header) error {
	return alter(v, h, func(after *Visit, at Moment) { after.settle(StateLeft, e.Reason, at) })
}

// Leave ends a visit wherever it stands. It reports ErrNoVisit or ErrState.
func Leave(tx *ledger.Tx, v id.Visit, reason string) error {
	if _, err := standing(tx, v); err != nil {
		return err
	}
	return tx.Append(string(v), Left{Reason: reason})
}

// Cancelled records that somebody does not want any of their remaining stops.
type Cancelled struct {
	Reason string `cbor:"1,keyasint"` // a code: "phone"
}

// Kind is visit.cancelled/1.
func (Cancelled) Kind() chain.Kind { return "visit.cancelled/1" }

// Check reports a reason that is no code.
func (e Cancelled) Check() error { return CheckWord(e.Reason) }

func (e Cancelled) project(v ledger.View, h chain.Header) error {
	return alter(v, h, func(after *Visit, at Moment) { after.settle(StateCancelled, e.Reason, at) })
}

// Cancel ends a visit that no desk has in hand, as its owner wishes. It reports ErrNoVisit, ErrState, or what Check finds.
func Cancel(tx *ledger.Tx, v id.Visit, reason string) error {
	got, err := standing(tx, v)
	if err != nil {
		return err
	}
	if got.Stop().State.atDesk() {
		return fmt.Errorf("visit %s is %s: %w", v, got.State(), ErrState)
	}
	return tx.Append(string(v), Cancelled{Reason: reason})
}
