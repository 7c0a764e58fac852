package desk

import (
	"context"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// DecideServed takes a decision of a desk about the visit that it serves. What people do at a desk takes a while: when the
// desk serves somebody else by now, it is refused, and nothing is recorded of a stranger.
// Refusals: NoSuchDesk, NobodyServed, and those of admit.
func (f *Floor) DecideServed(ctx context.Context, d id.Desk, v id.Visit, decision func(*ledger.Tx, *visit.Visit) error) error {
	return f.atDesk(ctx, d, func(tx *ledger.Tx, _ Desk) error {
		at, err := servedAt(tx, d)
		if err != nil {
			return err
		}
		if at.ID != v {
			return refusal(NobodyServed, nil)
		}
		return decision(tx, &at)
	})
}

// LookServed answers a question about the visit that a desk serves, from one snapshot. Refusals: NoSuchDesk, NobodyServed.
func (f *Floor) LookServed(ctx context.Context, d id.Desk, question func(ledger.Snapshot, *visit.Visit) error) error {
	if _, ok := f.Catalogue.Desk(d); !ok {
		return refusal(NoSuchDesk, nil)
	}
	return f.Look(ctx, func(snap ledger.Snapshot) error {
		at, err := servedAt(snap, d)
		if err != nil {
			return err
		}
		return question(snap, &at)
	})
}

// servedAt is the visit that a desk serves. Refusal: NobodyServed.
func servedAt(src ledger.Source, d id.Desk) (visit.Visit, error) {
	v, ok := visit.AtDesk(src, d)
	if !ok || v.State() != visit.StateServing {
		return v, refusal(NobodyServed, nil)
	}
	return v, nil
}
