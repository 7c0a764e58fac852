package registration

import (
	"context"
	"slices"

	"markaz.example/edge/book/person"
	"markaz.example/edge/book/staff"
	"markaz.example/edge/civil"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Shown is a person unmasked, for the one answer that was recorded as a look.
type Shown struct {
	Person id.Person
	Name   civil.Name
	Number civil.Number
	Birth  civil.Birth
	Hidden []Hidden // what the role of whoever asked may not see
}

// Hidden is a field that was not shown.
type Hidden struct {
	Field  staff.Field
	Masked string // its last digits, its first letters; empty of what has no such form
}

// ShowPerson is what is sealed of a member of the family in hand. That somebody looked, and why, is recorded before it is
// shown. What the role of whoever asks may not see stays masked. Refusals: NoSuchDesk, NotRegistering, NobodyServed,
// NobodyKnown, BadReason, VaultClosed, FieldHidden when nothing of it is theirs.
func (r *Registry) ShowPerson(ctx context.Context, d id.Desk, v id.Visit, p id.Person, reason string) (out Shown, err error) {
	if !slices.Contains(LookReasons(), reason) {
		return out, desk.Refuse(desk.BadReason)
	}
	err = r.decide(ctx, d, v, func(tx *ledger.Tx) error {
		who, err := InHand(tx, v, p)
		if err != nil {
			return err
		}
		if out, err = r.unseal(who); err != nil {
			return err
		}
		fields := out.hide(fieldsOf(who), func(f staff.Field) bool { return r.Floor.Sees(ctx, tx, f) })
		if len(fields) == 0 {
			return desk.Refuse(desk.FieldHidden)
		}
		_, err = person.Look(tx, p, person.Looked{Desk: d, Visit: v, Fields: fields, Reason: reason})
		return err
	})
	if err != nil {
		return Shown{}, err
	}
	return out, nil
}

// hide takes out what may not be seen, and gives the names of what is left.
func (s *Shown) hide(fields []string, sees func(staff.Field) bool) (left []string) {
	for _, name := range fields {
		f := staff.Field(name)
		if sees(f) {
			left = append(left, name)
			continue
		}
		h := Hidden{Field: f}
		switch f {
		case staff.SeeName:
			h.Masked, s.Name = s.Name.Masked(), civil.Name{}
		case staff.SeeNumber:
			h.Masked, s.Number = s.Number.Masked(), civil.Number{}
		case staff.SeeBirth:
			s.Birth = civil.Birth{}
		}
		s.Hidden = append(s.Hidden, h)
	}
	return left
}

// ReasonFound is the reason of a look that a number led to: the family is shown masked.
const ReasonFound = "found"

// LookReasons are why somebody may look at what is sealed, as texts know them.
func LookReasons() []string { return []string{"compare", "correct", "asked"} }

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
