package desk

import (
	"context"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
)

// errands are what the visit before a desk has to do with headquarters.
type errands struct {
	Given []given
	Asked []checkRow
	Lent  []lentRow // that can be given
	Ask   bool      // nothing is being asked
}

// given is a number of something scarce.
type given struct {
	What   string
	Number uint64
}

// eligible is what a desk asks about a visit.
const eligible = "eligible"

func (d *Desk) errandsOf(ctx context.Context, v id.Visit) (*errands, error) {
	all, err := d.Floor.ErrandsOf(ctx, v)
	if err != nil {
		return nil, err
	}
	e := &errands{Ask: true}
	for _, g := range all.Given {
		e.Given = append(e.Given, given{g.What, g.Number})
	}
	for _, l := range all.Lent {
		e.Lent = lentTo(e.Lent, l.What, l.Left())
	}
	for _, q := range all.Asked {
		row := checkRow{What: q.What, At: d.moment(q.Wall, minuteLayout)}
		if a := q.Answer; a != nil {
			row.Result, row.Source, row.At = a.Result, a.Source, d.moment(a.Wall, minuteLayout)
		} else {
			e.Ask = false
		}
		e.Asked = append(e.Asked, row)
	}
	return e, nil
}

// draw gives the one who is being served one of what is lent.
func (d *Desk) draw(what string) func(context.Context, id.Desk) error {
	return func(ctx context.Context, at id.Desk) error {
		v, err := d.visitAt(ctx, at)
		if err != nil {
			return err
		}
		_, err = d.Floor.Draw(ctx, "desk/"+string(at), what, v)
		return err
	}
}

// ask asks headquarters about the one who is being served. The desk goes on meanwhile.
func (d *Desk) ask(ctx context.Context, at id.Desk) error {
	v, err := d.visitAt(ctx, at)
	if err != nil {
		return err
	}
	_, err = d.Floor.AskCheck(ctx, "desk/"+string(at), eligible, v)
	return err
}

func (d *Desk) visitAt(ctx context.Context, at id.Desk) (id.Visit, error) {
	board, err := d.Floor.DeskBoard(ctx, at)
	if err != nil {
		return "", err
	}
	if board.Current == nil || board.Current.State != visit.StateServing {
		return "", desk.Refuse(desk.NobodyServed)
	}
	return board.Current.Visit, nil
}
