package anthropometry

import (
	"context"

	"markaz.example/edge/book/growth"
	"markaz.example/edge/book/staff"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/registration"
)

// Books is what a hall keeps besides the books of the floor and of registration.
func Books() []ledger.Book { return []ledger.Book{growth.Book()} }

// Hall is where the children of one centre are measured. Any goroutine may call it.
type Hall struct {
	Floor    *desk.Floor
	People   *registration.Registry // whose children they are
	Settings growth.Settings        // how they are measured and what follows; without figures none is
}

// measures reports NoSuchDesk or NotMeasuringDesk.
func (h *Hall) measures(d id.Desk) error {
	at, ok := h.Floor.Catalogue.Desk(d)
	switch {
	case !ok:
		return desk.Refuse(desk.NoSuchDesk)
	case !at.Measures || h.Settings.Figures == nil:
		return desk.Refuse(desk.NotMeasuringDesk)
	}
	return nil
}

// decide takes a decision of a measuring desk about the visit that it serves.
// Refusals: NoSuchDesk, NotMeasuringDesk, NobodyServed.
func (h *Hall) decide(ctx context.Context, d id.Desk, v id.Visit, decision func(*ledger.Tx, *visit.Visit) error) error {
	if err := h.measures(d); err != nil {
		return err
	}
	return h.Floor.DecideServed(ctx, d, v, func(tx *ledger.Tx, at *visit.Visit) error { return told(decision(tx, at)) })
}

// look answers a question of a measuring desk about the visit that it serves, from one snapshot, to whoever may see what was
// measured. Refusals: NoSuchDesk, NotMeasuringDesk, NobodyServed, FieldHidden.
func (h *Hall) look(ctx context.Context, d id.Desk, question func(ledger.Snapshot, *visit.Visit) error) error {
	if err := h.measures(d); err != nil {
		return err
	}
	return h.Floor.LookServed(ctx, d, func(snap ledger.Snapshot, at *visit.Visit) error {
		if !h.Floor.Sees(ctx, snap, staff.SeeGrowth) {
			return desk.Refuse(desk.FieldHidden)
		}
		return told(question(snap, at))
	})
}

// lookAt is look of a visit that the desk serves still.
func (h *Hall) lookAt(ctx context.Context, d id.Desk, v id.Visit, question func(ledger.Snapshot, *visit.Visit) error) error {
	return h.look(ctx, d, func(snap ledger.Snapshot, at *visit.Visit) error {
		if at.ID != v {
			return desk.Refuse(desk.NobodyServed)
		}
		return question(snap, at)
	})
}

// services are as the catalogue has them.
func (h *Hall) services(codes []id.Service) (out []desk.Service) {
	for _, code := range codes {
		s, _ := h.Floor.Catalogue.Service(code)
		out = append(out, s)
	}
	return out
}

// codes turns what the book reports into what people are told.
var codes = []desk.Coded{
	{Err: growth.ErrAgain, Code: desk.MeasureAgain},
	{Err: growth.ErrNoMeasurement, Code: desk.NoMeasurement},
}

func told(err error) error { return desk.Told(err, codes) }
