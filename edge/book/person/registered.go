package person

import (
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/civil"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/vault"
)

// Registered records that a person was registered. The record's subject is the person.
type Registered struct {
	Desk       id.Desk         `cbor:"1,keyasint"`
	Household  id.Household    `cbor:"2,keyasint"` // under whose key everything of this person is sealed, for ever
	Sex        civil.Sex       `cbor:"3,keyasint"`
	Name       vault.Sealed    `cbor:"4,keyasint"`
	NumberKind string          `cbor:"5,keyasint"` // CNIC or BForm; empty without a number
	Number     vault.Sealed    `cbor:"6,keyasint"`
	Mark       vault.Mark      `cbor:"7,keyasint"` // of the number
	Birth      vault.Sealed    `cbor:"8,keyasint"`
	Precision  civil.Precision `cbor:"9,keyasint"`  // of the birth date; empty without one
	Confirmed  []string        `cbor:"10,keyasint"` // what staff looked at twice: civil's doubts, "twin", "same-name"
}

// Kind is person.registered/1.
func (Registered) Kind() chain.Kind { return "person.registered/1" }

// Check reports a field that cannot be.
func (e Registered) Check() error {
	return errors.Join(e.Desk.Check(), e.Household.Check(), e.Sex.Check(), checkName(e.Name),
		number{e.NumberKind, e.Number, e.Mark}.check(), checkBirth(e.Birth, e.Precision), checkCodes(e.Confirmed))
}

func (e Registered) project(v ledger.View, h chain.Header) error {
	p := Person{
		ID: id.Person(h.Subject), Household: e.Household, Sex: e.Sex, Name: Field{h.Seq, e.Name},
		NumberKind: e.NumberKind, Precision: e.Precision, Since: h.Seq,
	}
	if len(e.Number) > 0 {
		p.Number, p.Mark = Field{h.Seq, e.Number}, e.Mark
	}
	if len(e.Birth) > 0 {
		p.Birth = Field{h.Seq, e.Birth}
	}
	return put(v, Person{}, p)
}

// Register records a new person. It reports ErrKnown when the number is somebody's, ErrTwice for a name that is in use, or
// what Check finds.
func Register(tx *ledger.Tx, p id.Person, e Registered) error {
	if _, taken := Get(tx, p); taken {
		return fmt.Errorf("person %s: %w", p, ErrTwice)
	}
	if err := errors.Join(p.Check(), free(tx, p, e.Mark)); err != nil {
		return err
	}
	return tx.Append(string(p), e)
}

// free reports ErrKnown for a number that is another's.
func free(src ledger.Source, p id.Person, m vault.Mark) error {
	if other, known := ByMark(src, m); known && other.ID != p {
		return fmt.Errorf("person %s: %w", other.ID, ErrKnown)
	}
	return nil
}
