package registration

import (
	"context"

	"markaz.example/edge/book/household"
	"markaz.example/edge/book/person"
	"markaz.example/edge/book/staff"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/civil"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/vault"
)

// Family is a household as a desk sees it: masked, so that a screen that stands open tells no stranger who it is.
type Family struct {
	Seq     uint64
	ID      id.Household
	Members []Member
	Visits  int  // on which they came
	Here    bool // the visit in hand is theirs
}

// Member is one of a household.
type Member struct {
	Person     id.Person
	As         string // household.Mother, Child and so on
	Sex        civil.Sex
	Name       string // masked: "A… B…"; empty when it cannot be opened here
	Number     string // masked; empty without one
	NumberKind string // person.CNIC, person.BForm, or empty
	Months     int    // of age, completed; -1 without a birth date, and for whoever may not see birth dates
	Precision  civil.Precision
	Closed     bool // the vault has no key for this member: an older copy
}

// FamilyOf is the family whose visit is in hand; nil until it is a household's that is not forgotten.
func (r *Registry) FamilyOf(ctx context.Context, snap ledger.Snapshot, v *visit.Visit) *Family {
	h, ok := household.At(snap, v.ID)
	if !ok || h.Forgotten {
		return nil
	}
	family := r.family(ctx, snap, h, v.ID)
	return &family
}

// FindFamily finds a household by the number of one of its members. Only a desk that serves somebody may, and that somebody
// was found is recorded as a look before the family is shown: who tries numbers leaves a trace at each that fits.
// Refusals: NoSuchDesk, NotRegistering, NobodyServed, VaultClosed, NobodyKnown.
func (r *Registry) FindFamily(ctx context.Context, d id.Desk, n civil.Number) (out Family, err error) {
	if err := r.registers(d); err != nil {
		return out, err
	}
	if r.Vault == nil {
		return out, desk.Refuse(desk.VaultClosed)
	}
	var at id.Visit
	err = r.Floor.LookServed(ctx, d, func(_ ledger.Snapshot, v *visit.Visit) error { at = v.ID; return nil })
	if err != nil {
		return out, err
	}
	err = r.decide(ctx, d, at, func(tx *ledger.Tx) error {
		who, h, err := owner(tx, r.Vault.Mark(n.Digits()))
		if err != nil {
			return err
		}
		out = r.family(ctx, tx, h, at)
		_, err = person.Look(tx, who.ID, person.Looked{Desk: d, Visit: at, Fields: fieldsOf(who), Reason: ReasonFound})
		return err
	})
	if err != nil {
		return Family{}, err
	}
	return out, nil
}

// owner is who has a number, and their family. Refusal: NobodyKnown.
func owner(src ledger.Source, m vault.Mark) (person.Person, household.Household, error) {
	p, ok := person.ByMark(src, m)
	if !ok {
		return p, household.Household{}, desk.Refuse(desk.NobodyKnown)
	}
	h, ok := household.Of(src, p.ID)
	if !ok || h.Forgotten {
		return p, h, desk.Refuse(desk.NobodyKnown)
	}
	return p, h, nil
}

// sequenced is what a family is read from: a snapshot, or a decision.
type sequenced interface {
	ledger.Source
	Seq() uint64
}

func (r *Registry) family(ctx context.Context, src sequenced, h household.Household, v id.Visit) Family {
	out := Family{Seq: src.Seq(), ID: h.ID, Visits: h.Visits}
	if at, ok := household.At(src, v); ok {
		out.Here = at.ID == h.ID
	}
	ages := r.Floor.Sees(ctx, src, staff.SeeBirth)
	for _, m := range h.Members {
		p, _ := person.Get(src, m.Person)
		shown := r.member(p, m.As)
		if !ages {
			shown.Months, shown.Precision = -1, ""
		}
		out.Members = append(out.Members, shown)
	}
	return out
}

func (r *Registry) member(p person.Person, as string) Member {
	m := Member{Person: p.ID, As: as, Sex: p.Sex, NumberKind: p.NumberKind, Precision: p.Precision, Months: -1}
	s, err := r.unseal(p)
	if err != nil {
		m.Closed = true
		return m
	}
	m.Name, m.Number = s.Name.Masked(), s.Number.Masked()
	if !s.Birth.None() {
		m.Months = s.Birth.Months(r.Floor.Today())
	}
	return m
}

// AttachFamily says that the visit in hand is a household's. When the desk serves somebody else by now, it is refused.
// Refusals: NoSuchDesk, NotRegistering, NobodyServed, NobodyKnown.
func (r *Registry) AttachFamily(ctx context.Context, d id.Desk, v id.Visit, h id.Household) error {
	return r.decide(ctx, d, v, func(tx *ledger.Tx) error {
		if _, ok := household.Get(tx, h); !ok {
			return desk.Refuse(desk.NobodyKnown)
		}
		return household.Come(tx, h, household.Came{Desk: d, Visit: v})
	})
}
