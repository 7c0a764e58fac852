package registration

import (
	"markaz.example/edge/book/household"
	"markaz.example/edge/book/person"
	"markaz.example/edge/civil"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// InHand is a member of the household whose visit is in hand: no desk sees into a family that is not before it.
// Refusal: NobodyKnown.
func InHand(src ledger.Source, v id.Visit, p id.Person) (person.Person, error) {
	h, ok := household.At(src, v)
	own, has := household.Of(src, p)
	if !ok || !has || h.ID != own.ID || h.Forgotten {
		return person.Person{}, desk.Refuse(desk.NobodyKnown)
	}
	who, ok := person.Get(src, p)
	if !ok || who.Forgotten {
		return who, desk.Refuse(desk.NobodyKnown)
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
func (r *Registry) BioOf(src ledger.Source, p id.Person) (Bio, error) {
	who, ok := person.Get(src, p)
	if !ok || who.Forgotten {
		return Bio{}, desk.Refuse(desk.NobodyKnown)
	}
	birth, err := r.birth(who)
	return Bio{who.Sex, birth}, err
}
