package visit

import (
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// ReasonDayEnd is the reason of visits that the next business day found unserved.
const ReasonDayEnd = "day-end"

// Left records that a visit ended before all its stops were served.
type Left struct {
	Reason string `cbor:"1,keyasint"` // a code: "went-home", "day-end"
}

// Kind is visit.left/1.
func (Left) Kind() chain.Kind { return "visit.left/1" }

// Check reports a reason that is no code.
func (e Left) Check() error { return CheckWord(e.Reason) }

func (e Left) project(v ledger.View, h chain.Header) error {
	return alter(v, h, func(after *Visit) {
		for i := after.At(); i < len(after.Stops); i++ {
			after.Stops[i].State, after.Stops[i].Since = StateLeft, momentOf(h)
		}
		after.Reason, after.Settled = e.Reason, momentOf(h)
	})
}

// Leave ends a visit wherever it stands. It reports ErrNoVisit or ErrState.
func Leave(tx *ledger.Tx, v id.Visit, reason string) error {
	got, ok := Get(tx, v)
	if !ok {
		return fmt.Errorf("visit %s: %w", v, ErrNoVisit)
	}
	if got.Over() {
		return fmt.Errorf("visit %s is %s: %w", v, got.State(), ErrState)
	}
	return tx.Append(string(v), Left{Reason: reason})
}
