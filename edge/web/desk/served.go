package desk

import (
	"context"

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
