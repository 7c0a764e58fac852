package desk

import (
	"context"
	"slices"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// QuickLine counts who was served at a desk without a number, for one of its services, on the open business day.
type QuickLine struct {
	Service Service
	Count   int
}

// ServeQuick counts somebody whom a desk served in under a minute, without a number, also while it has somebody else in
// hand. The first of a day opens it. Refusals: NoSuchDesk, NotItsService, DayOver.
func (f *Floor) ServeQuick(ctx context.Context, d id.Desk, s id.Service) error {
	return f.atDesk(ctx, d, func(tx *ledger.Tx, at Desk) error {
		if !slices.Contains(at.Serves, s) {
			return refusal(NotItsService, nil)
		}
		if _, err := f.openDay(tx); err != nil {
			return err
		}
		return visit.ServeQuick(tx, d, s)
	})
}

// quick is what a desk served without numbers, for each of its services.
func (f *Floor) quick(src ledger.Source, d Desk, day string) []QuickLine {
	all := visit.QuickOf(src, day)
	out := make([]QuickLine, 0, len(d.Serves))
	for _, code := range d.Serves {
		service, _ := f.Catalogue.Service(code)
		line := QuickLine{Service: service}
		for _, q := range all {
			if q.Desk == d.Code && q.Service == code {
				line.Count = q.Count
			}
		}
		out = append(out, line)
	}
	return out
}

// quickTotal is how many were served without a number on a day, at every desk.
func quickTotal(src ledger.Source, day string) (n int) {
	for _, q := range visit.QuickOf(src, day) {
		n += q.Count
	}
	return n
}
