package anthropometry

import (
	"context"
	"time"

	"markaz.example/edge/book/growth"
	"markaz.example/edge/book/household"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/civil"
	"markaz.example/edge/clock"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/lms"
	"markaz.example/edge/registration"
)

// Child is a child with everything that was measured of it, oldest first.
type Child struct {
	Person id.Person
	Sex    lms.Sex
	Age    lms.Age // today
	Series []growth.Kept
}

// Child is a child of the family in hand. Refusals: those of Desk, NobodyKnown, NoChild, VaultClosed.
func (h *Hall) Child(ctx context.Context, d id.Desk, v id.Visit, p id.Person) (out Child, err error) {
	err = h.lookAt(ctx, d, v, func(snap ledger.Snapshot, _ *visit.Visit) error {
		out, err = h.child(snap, v, p)
		return err
	})
	return out, err
}

func (h *Hall) child(src ledger.Source, v id.Visit, p id.Person) (Child, error) {
	if _, err := registration.InHand(src, v, p); err != nil {
		return Child{}, err
	}
	if as, _ := placeOf(src, v, p); as != household.Child {
		return Child{}, desk.Refuse(desk.NoChild)
	}
	bio, err := h.People.BioOf(src, p)
	if err != nil {
		return Child{}, err
	}
	return Child{Person: p, Sex: sexOf(bio.Sex), Age: h.age(bio.Birth), Series: growth.Series(src, p)}, nil
}

// age is how old a child is today. While nobody has told the box the time it may be older, and every score says that its
// age is estimated.
func (h *Hall) age(b civil.Birth) lms.Age {
	age := ageOf(b, h.Floor.Today())
	if h.Floor.Ledger.Clock().Now().Grade == clock.Unset {
		age.Precision = min(age.Precision, lms.AgeEstimated)
	}
	return age
}

// placeOf is what somebody is in the household in hand.
func placeOf(src ledger.Source, v id.Visit, p id.Person) (string, bool) {
	family, _ := household.At(src, v)
	for _, m := range family.Members {
		if m.Person == p {
			return m.As, true
		}
	}
	return "", false
}

func sexOf(s civil.Sex) lms.Sex {
	switch s {
	case civil.Male:
		return lms.Male
	case civil.Female:
		return lms.Female
	}
	return lms.SexUnknown
}

func ageOf(b civil.Birth, today time.Time) lms.Age {
	if b.None() {
		return lms.Age{}
	}
	known := map[civil.Precision]lms.Precision{civil.Exact: lms.AgeExact, civil.Month: lms.AgeInMonths, civil.Estimated: lms.AgeEstimated}
	return lms.Age{Days: int32(b.Days(today)), Precision: known[b.Precision()]}
}
