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
	return alter(v, h, func(after *Visit) {
		after.InHand = true
		after.enter(StateWaiting, h)
	})
}

// Issue puts a visit in line. It reports ErrNoVisit or ErrState.
func Issue(tx *ledger.Tx, v id.Visit) error {
	if _, err := inState(tx, v, StatePlanned); err != nil {
		return err
	}
	return tx.Append(string(v), Issued{})
}
