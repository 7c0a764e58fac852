package desk

import (
	"context"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// DeskBoard is a desk's screen. Refusals: NoSuchDesk.
func (f *Floor) DeskBoard(ctx context.Context, d id.Desk) (b DeskBoard, err error) {
	desk, ok := f.Catalogue.desk(d)
	if !ok {
		return b, refusal(NoSuchDesk, nil)
	}
	err = f.look(ctx, func(snap ledger.Snapshot) error {
		b = DeskBoard{Seq: snap.Seq(), Desk: desk}
		if v, ok := visit.AtDesk(snap, d); ok {
			b.Current = f.call(snap, &v)
		}
		for _, s := range desk.Serves {
			b.Lines = append(b.Lines, f.line(snap, s))
		}
		return nil
	})
	return b, err
}

func (f *Floor) line(src ledger.Source, code id.Service) Line {
	service, _ := f.Catalogue.service(code)
	line := Line{Service: service, Waiting: visit.Waiting(src, code)}
	for _, v := range visit.Line(src, code, nextShown) {
		line.Next = append(line.Next, v.Token)
	}
	return line
}

// HallBoard is the hall screen.
func (f *Floor) HallBoard(ctx context.Context) (b HallBoard, err error) {
	err = f.look(ctx, func(snap ledger.Snapshot) error {
		today, _ := visit.Today(snap)
		b = HallBoard{Seq: snap.Seq(), Day: today.Date}
		for _, c := range visit.LastCalls(snap) {
			desk, _ := f.Catalogue.desk(c.Desk)
			b.Calls = append(b.Calls, HallCall{c.Seq, c.Token, c.Desk, desk.Room, c.Recalls})
		}
		for _, s := range f.Catalogue.Services {
			b.Lines = append(b.Lines, f.line(snap, s.Code))
		}
		return nil
	})
	return b, err
}

// Figures counts the present business day.
func (f *Floor) Figures(ctx context.Context) (figures Figures, err error) {
	err = f.look(ctx, func(snap ledger.Snapshot) error {
		today, _ := visit.Today(snap)
		t, c := visit.Figures(snap, today.Date), paper.Count(snap)
		figures = Figures{
			Seq: snap.Seq(), Day: t.Day, Asked: t.Asked, Issued: t.Issued,
			NotInHand: t.NotInHand, Waiting: t.Waiting, Called: t.Called, Serving: t.Serving,
			Done: t.Done, NoShow: t.NoShow, Left: t.Left,
			Printing: c.Queued + c.Printing, Held: c.Held, Uncertain: c.Uncertain,
		}
		return nil
	})
	return figures, err
}
