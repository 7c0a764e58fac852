package registration

import (
	"markaz.example/edge/book/household"
	"markaz.example/edge/book/person"
	"markaz.example/edge/civil"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/vault"
)

// seal hides a text for the record at seq; an empty one is no field. Refusal: VaultClosed.
func (r *Registry) seal(h id.Household, seq uint64, field, text string) (vault.Sealed, error) {
	if r.Vault == nil {
		return nil, desk.Refuse(desk.VaultClosed)
	}
	if text == "" {
		return nil, nil
	}
	s, err := r.Vault.Seal(household.Subject(h), r.sealedAt(seq, field), []byte(text))
	return s, closed(err)
}

func (r *Registry) sealedAt(seq uint64, field string) vault.Place {
	return vault.Place{In: r.Floor.Ledger.InOf(seq), Seq: seq, Field: field}
}

// fieldOf is the text of a sealed field; "" for none. Refusal: VaultClosed.
func (r *Registry) fieldOf(p person.Person, name string, field person.Field) (string, error) {
	if field.None() {
		return "", nil
	}
	if r.Vault == nil {
		return "", desk.Refuse(desk.VaultClosed)
	}
	b, err := r.Vault.Open(household.Subject(p.Household), r.sealedAt(field.Seq, name), field.Sealed)
	return string(b), closed(err)
}

// closed makes a refusal of what a vault reports: whatever it is, the desk goes on without names.
func closed(err error) error {
	if err == nil {
		return nil
	}
	return refused(desk.VaultClosed, err)
}

// unseal is everything that is sealed of a person. Refusal: VaultClosed.
func (r *Registry) unseal(p person.Person) (out Shown, err error) {
	out.Person = p.ID
	name, err := r.fieldOf(p, person.FieldName, p.Name)
	if err != nil {
		return out, err
	}
	digits, err := r.fieldOf(p, person.FieldNumber, p.Number)
	if err != nil {
		return out, err
	}
	if out.Birth, err = r.birth(p); err != nil {
		return out, err
	}
	if out.Name, err = civil.ParseName(name); err != nil {
		return out, refused(desk.BoxFault, err)
	}
	if digits == "" {
		return out, nil
	}
	if out.Number, err = civil.ParseNumber(digits); err != nil {
		return out, refused(desk.BoxFault, err)
	}
	return out, nil
}

func (r *Registry) birth(p person.Person) (civil.Birth, error) {
	day, err := r.fieldOf(p, person.FieldBirth, p.Birth)
	if err != nil || day == "" {
		return civil.Birth{}, err
	}
	b, err := civil.ReadBirth(day, p.Precision)
	return b, told(err)
}
