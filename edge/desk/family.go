package desk

import (
	"context"
	"time"

	"markaz.example/edge/book/household"
	"markaz.example/edge/book/person"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/civil"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/vault"
)

// Registration is a registration desk's screen: whom it serves, and whose visit that is.
type Registration struct {
	Seq     uint64
	Visit   id.Visit
	Token   id.Token
	Service Service
	Family  *Family // nil until the visit is a household's
}

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
	Months     int    // of age, completed; -1 without a birth date
	Precision  civil.Precision
	Closed     bool // the vault has no key for this member: an older copy
}

// Shown is a person unmasked, for the one answer that was recorded as a look.
type Shown struct {
	Person id.Person
	Name   civil.Name
	Number civil.Number
	Birth  civil.Birth
}

// karachi is the zone of the day on which an age is told.
var karachi = time.FixedZone("PKT", 5*60*60)

// Today is the present time in the centre's zone, as far as the box knows.
func (f *Floor) Today() time.Time { return f.Ledger.Clock().Now().Time().In(karachi) }

// Registration is what a registration desk shows. Refusals: NoSuchDesk, NotRegistering, NobodyServed.
func (f *Floor) Registration(ctx context.Context, d id.Desk) (out Registration, err error) {
	if err := f.registers(d); err != nil {
		return out, err
	}
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		v, err := servedAt(snap, d)
		if err != nil {
			return err
		}
		service, _ := f.Catalogue.Service(v.Stop().Service)
		out = Registration{Seq: snap.Seq(), Visit: v.ID, Token: v.Token, Service: service}
		if h, ok := household.At(snap, v.ID); ok && !h.Forgotten {
			family := f.family(snap, h, v)
			out.Family = &family
		}
		return nil
	})
	return out, err
}

// registers reports NoSuchDesk or NotRegistering.
func (f *Floor) registers(d id.Desk) error {
	at, ok := f.Catalogue.Desk(d)
	switch {
	case !ok:
		return refusal(NoSuchDesk, nil)
	case !at.Registers:
		return refusal(NotRegistering, nil)
	}
	return nil
}

// FindFamily finds a household by the number of one of its members. Only a desk that serves somebody may.
// Refusals: NoSuchDesk, NotRegistering, NobodyServed, VaultClosed, NobodyKnown.
func (f *Floor) FindFamily(ctx context.Context, d id.Desk, n civil.Number) (out Family, err error) {
	if err := f.registers(d); err != nil {
		return out, err
	}
	if f.Vault == nil {
		return out, refusal(VaultClosed, nil)
	}
	mark := f.Vault.Mark(n.Digits())
	err = f.Look(ctx, func(snap ledger.Snapshot) error {
		v, err := servedAt(snap, d)
		if err != nil {
			return err
		}
		out, err = f.owner(snap, mark, v)
		return err
	})
	return out, err
}

// owner is the family of who has a number. Refusal: NobodyKnown.
func (f *Floor) owner(snap ledger.Snapshot, m vault.Mark, v visit.Visit) (Family, error) {
	p, ok := person.ByMark(snap, m)
	if !ok {
		return Family{}, refusal(NobodyKnown, nil)
	}
	h, ok := household.Of(snap, p.ID)
	if !ok || h.Forgotten {
		return Family{}, refusal(NobodyKnown, nil)
	}
	return f.family(snap, h, v), nil
}

func (f *Floor) family(snap ledger.Snapshot, h household.Household, v visit.Visit) Family {
	out := Family{Seq: snap.Seq(), ID: h.ID, Visits: h.Visits}
	if at, ok := household.At(snap, v.ID); ok {
		out.Here = at.ID == h.ID
	}
	for _, m := range h.Members {
		p, _ := person.Get(snap, m.Person)
		out.Members = append(out.Members, f.member(p, m.As))
	}
	return out
}

func (f *Floor) member(p person.Person, as string) Member {
	m := Member{Person: p.ID, As: as, Sex: p.Sex, NumberKind: p.NumberKind, Precision: p.Precision, Months: -1}
	s, err := f.unseal(p)
	if err != nil {
		m.Closed = true
		return m
	}
	m.Name, m.Number = s.Name.Masked(), s.Number.Masked()
	if !s.Birth.None() {
		m.Months = s.Birth.Months(f.Today())
	}
	return m
}

// AttachFamily says that the visit in hand is a household's. When the desk serves somebody else by now, it is refused.
// Refusals: NoSuchDesk, NotRegistering, NobodyServed, NobodyKnown.
func (f *Floor) AttachFamily(ctx context.Context, d id.Desk, v id.Visit, h id.Household) error {
	return f.registering(ctx, d, v, func(tx *ledger.Tx) error {
		if _, ok := household.Get(tx, h); !ok {
			return refusal(NobodyKnown, nil)
		}
		return household.Come(tx, h, household.Came{Desk: d, Visit: v})
	})
}

// registering takes a decision of a registration desk about the visit that it serves.
func (f *Floor) registering(ctx context.Context, d id.Desk, v id.Visit, decision func(*ledger.Tx) error) error {
	if err := f.registers(d); err != nil {
		return err
	}
	return f.atDesk(ctx, d, func(tx *ledger.Tx, _ Desk) error {
		at, err := servedAt(tx, d)
		if err != nil {
			return err
		}
		if at.ID != v {
			return refusal(NobodyServed, nil)
		}
		return decision(tx)
	})
}

// ShowPerson is what is sealed of a member of the family in hand. That somebody looked, and why, is recorded before it is
// shown. Refusals: NoSuchDesk, NotRegistering, NobodyServed, NobodyKnown, BadReason, VaultClosed.
func (f *Floor) ShowPerson(ctx context.Context, d id.Desk, v id.Visit, p id.Person, reason string) (out Shown, err error) {
	if !oneOf(reason, LookReasons()) {
		return out, refusal(BadReason, nil)
	}
	err = f.registering(ctx, d, v, func(tx *ledger.Tx) error {
		who, err := inHand(tx, v, p)
		if err != nil {
			return err
		}
		if out, err = f.unseal(who); err != nil {
			return err
		}
		_, err = person.Look(tx, p, person.Looked{Desk: d, Visit: v, Fields: fieldsOf(who), Reason: reason})
		return err
	})
	if err != nil {
		return Shown{}, err
	}
	return out, nil
}

// LookReasons are why somebody may look at what is sealed, as texts know them.
func LookReasons() []string { return []string{"compare", "correct", "asked"} }

func oneOf(s string, all []string) bool {
	for _, known := range all {
		if s == known {
			return true
		}
	}
	return false
}

func fieldsOf(p person.Person) (names []string) {
	for _, f := range []struct {
		name  string
		field person.Field
	}{{person.FieldName, p.Name}, {person.FieldNumber, p.Number}, {person.FieldBirth, p.Birth}} {
		if !f.field.None() {
			names = append(names, f.name)
		}
	}
	return names
}

// inHand is a member of the household whose visit is in hand: no desk sees into a family that is not before it.
func inHand(src ledger.Source, v id.Visit, p id.Person) (person.Person, error) {
	h, ok := household.At(src, v)
	own, has := household.Of(src, p)
	if !ok || !has || h.ID != own.ID || h.Forgotten {
		return person.Person{}, refusal(NobodyKnown, nil)
	}
	who, ok := person.Get(src, p)
	if !ok || who.Forgotten {
		return who, refusal(NobodyKnown, nil)
	}
	return who, nil
}

// Bio is what growth needs of a person: an age is counted from Birth, and a figure says how well that is known.
type Bio struct {
	Sex   civil.Sex
	Birth civil.Birth // None when there is none
}

// BioOf is a person's sex and birth date, for arithmetic and not for a screen; within a decision or outside.
// Refusals: NobodyKnown, VaultClosed.
func (f *Floor) BioOf(src ledger.Source, p id.Person) (Bio, error) {
	who, ok := person.Get(src, p)
	if !ok || who.Forgotten {
		return Bio{}, refusal(NobodyKnown, nil)
	}
	birth, err := f.birth(who)
	return Bio{who.Sex, birth}, err
}
