package anthropometry

import (
	"context"
	"errors"
	"slices"

	"markaz.example/edge/book/growth"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Save records what was measured of a child, and adds what follows from it as the next stops, all in one decision.
// Refusals: those of Child, MeasureAgain, GrowthDoubt, NothingMeasured, NoMeasurement.
func (h *Hall) Save(ctx context.Context, d id.Desk, v id.Visit, p id.Person, e Entry) error {
	return h.decide(ctx, d, v, func(tx *ledger.Tx, at *visit.Visit) error {
		t, err := h.tried(tx, d, at, p, e)
		if err != nil {
			return err
		}
		if err := t.forbids(e.Insist); err != nil {
			return err
		}
		if err := record(tx, p, t, e); err != nil {
			return err
		}
		return h.follow(tx, d, at, t.Measured)
	})
}

// forbids says why an entry cannot be saved. Refusals: MeasureAgain, NothingMeasured, GrowthDoubt.
func (t Trial) forbids(insist string) error {
	e := t.Measured
	switch {
	case len(t.Again) > 0:
		return desk.Refuse(desk.MeasureAgain)
	case e.WeightMG|e.StatureUM|e.HeadUM|e.ArmUM == 0 && e.Oedema == "":
		return desk.Refuse(desk.NothingMeasured)
	case len(t.Concerns) > 0 && !slices.Contains(growth.Insists(), insist):
		return desk.Refuse(desk.GrowthDoubt)
	}
	return nil
}

// record takes back what the entry takes the place of, says why a doubtful one is kept, and records it.
func record(tx *ledger.Tx, p id.Person, t Trial, e Entry) error {
	made := t.Measured
	if e.Instead != 0 {
		if err := growth.Withdraw(tx, p, growth.Withdrawn{Of: e.Instead, Reason: growth.Misread}); err != nil {
			return err
		}
	}
	if len(t.Concerns) > 0 {
		insisted := growth.Insisted{Visit: made.Visit, Stop: made.Stop, Desk: made.Desk, Reason: e.Insist}
		if err := growth.Insist(tx, p, insisted); err != nil {
			return err
		}
	}
	return growth.Measure(tx, p, made)
}

// follow puts what follows from a measurement in front of what is planned, the first service first. A visit that has
// no room for more is measured all the same.
func (h *Hall) follow(tx *ledger.Tx, d id.Desk, v *visit.Visit, e growth.Measured) error {
	with := false
	for _, s := range slices.Backward(growth.Follow(h.Settings.Rules, e)) {
		if v.Has(s) {
			continue
		}
		err := visit.AddStop(tx, v.ID, visit.StopAdded{Desk: d, Service: s, Next: true, Cause: "growth", With: with})
		if err != nil && !errors.Is(err, visit.ErrFull) && !errors.Is(err, visit.ErrTwice) {
			return err
		}
		with = with || err == nil
	}
	return nil
}
