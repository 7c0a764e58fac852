package registration

import (
	"context"
	"slices"

	"markaz.example/edge/book/household"
	"markaz.example/edge/book/person"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// The doubts about an entry besides civil's about its number. Each is looked at by a person and confirmed, or mended.
const (
	DoubtTwin     = "twin"      // the household has a child of this birth date and sex
	DoubtSameName = "same-name" // the household has somebody of this name
	DoubtNoNumber = "no-number" // an adult without an identity number
	DoubtOld      = "old"       // a child of eighteen years or more
)

// adultMonths is when a child is none any more: eighteen years.
const adultMonths = 18 * 12

// Doubts is what a desk has to look at again before an entry is accepted. Household is empty for a new one.
func (r *Registry) Doubts(ctx context.Context, h id.Household, e Registrant) (out []string, err error) {
	err = r.Floor.Look(ctx, func(snap ledger.Snapshot) error {
		out, err = r.doubts(snap, h, e)
		return err
	})
	return out, err
}

func (r *Registry) doubts(src ledger.Source, h id.Household, e Registrant) (out []string, err error) {
	for _, d := range e.Number.Doubts(e.Sex) {
		out = append(out, string(d))
	}
	if e.As != household.Child && e.Number.None() {
		out = append(out, DoubtNoNumber)
	}
	if e.As == household.Child && e.Birth.Months(r.Floor.Today()) >= adultMonths {
		out = append(out, DoubtOld)
	}
	of, _ := household.Get(src, h)
	for _, m := range of.Members {
		if d := r.likeness(src, m, e); d != "" && !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out, nil
}

// likeness is in what an entry is like a member; what cannot be opened is like nobody.
func (r *Registry) likeness(src ledger.Source, m household.Membership, e Registrant) string {
	p, _ := person.Get(src, m.Person)
	own, err := r.unseal(p)
	switch {
	case err != nil:
		return ""
	case own.Name == e.Name:
		return DoubtSameName
	case m.As == e.As && p.Sex == e.Sex && !e.Birth.None() && own.Birth.Date() == e.Birth.Date():
		return DoubtTwin
	}
	return ""
}
