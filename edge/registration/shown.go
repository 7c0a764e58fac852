package registration

import (
	"context"
	"slices"

	"markaz.example/edge/book/person"
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
}

// ShowPerson is what is sealed of a member of the family in hand. That somebody looked, and why, is recorded before it is
// shown. Refusals: NoSuchDesk, NotRegistering, NobodyServed, NobodyKnown, BadReason, VaultClosed.
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
		_, err = person.Look(tx, p, person.Looked{Desk: d, Visit: v, Fields: fieldsOf(who), Reason: reason})
		return err
	})
	if err != nil {
		return Shown{}, err
	}
	return out, nil
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
