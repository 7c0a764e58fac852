package anthropometry

import (
	"context"
	"slices"

	"markaz.example/edge/book/growth"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/chart"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/lms"
)

// Trial is what an entry comes to, before anything is recorded.
type Trial struct {
	Again    []string // what has to be read once more: "weight", "stature", "head", "arm"; nothing else is told then
	Measured growth.Measured
	Concerns []string // why to measure again: "flag-haz", "shrunk", "under-nine", "absurd"
	Next     []desk.Service
	Point    chart.Measured
}

// Try is what an entry would come to: nothing is recorded. Refusals: those of Hall.Child.
func (h *Hall) Try(ctx context.Context, d id.Desk, v id.Visit, p id.Person, e Entry) (out Trial, err error) {
	err = h.lookAt(ctx, d, v, func(snap ledger.Snapshot, at *visit.Visit) error {
		out, err = h.tried(snap, d, at, p, e)
		return err
	})
	return out, err
}

// tried makes a record of an entry and says what speaks against it.
func (h *Hall) tried(src ledger.Source, d id.Desk, v *visit.Visit, p id.Person, e Entry) (out Trial, err error) {
	child, err := h.child(src, v.ID, p)
	if err != nil {
		return out, err
	}
	r := h.readings(src, v.ID, child, e)
	if out.Again = again(r, e, h.Settings.Limits); len(out.Again) > 0 {
		return out, nil
	}
	at := growth.Place{Visit: v.ID, Stop: uint8(v.At()), Desk: d}
	made, a, err := growth.Make(h.Settings.Figures, at, r, h.Settings.Limits, 0)
	if err != nil {
		return out, err
	}
	doubts := h.lineDoubts(child, made, e.Instead)
	made.Doubts = growth.Doubts(doubts)
	out.Measured, out.Concerns = made, concerns(made, a)
	out.Point = Point(made)
	out.Next = h.services(growth.Follow(h.Settings.Rules, made))
	return out, nil
}

// lineDoubts hold a measurement against the one before.
func (h *Hall) lineDoubts(c Child, made growth.Measured, instead uint64) lms.Doubt {
	for _, before := range slices.Backward(c.Series) {
		if before.Seq != instead {
			now := growth.Kept{Measured: made, Wall: h.Floor.Ledger.Clock().Now().Wall}
			return h.Settings.Steps.Doubts(before.AsVisit(), now.AsVisit())
		}
	}
	return 0
}

func concerns(e growth.Measured, a lms.Assessment) (out []string) {
	for _, score := range e.Flagged {
		out = append(out, "flag-"+score)
	}
	if slices.ContainsFunc(a.Scores[:], func(s lms.Score) bool { return s.Why == lms.Absurd }) {
		out = append(out, "absurd")
	}
	if e.UnderNine {
		out = append(out, "under-nine")
	}
	return append(out, e.Doubts...)
}
