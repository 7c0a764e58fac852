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

// Corrected records that one field of a person is another than was recorded, and why. What was recorded stays in the
// chain. Fields that do not belong to What are empty.
type Corrected struct {
	Desk       id.Desk         `cbor:"1,keyasint"`
	What       string          `cbor:"2,keyasint"` // FieldName, FieldNumber, FieldBirth or FieldSex
	Reason     string          `cbor:"3,keyasint"` // a code: "typing", "paper", "registered-now"
	Sealed     vault.Sealed    `cbor:"4,keyasint"` // the new name, number or birth date
	NumberKind string          `cbor:"5,keyasint"`
	Mark       vault.Mark      `cbor:"6,keyasint"`
	Precision  civil.Precision `cbor:"7,keyasint"`
	Sex        civil.Sex       `cbor:"8,keyasint"`
	Confirmed  []string        `cbor:"9,keyasint"`  // as of Registered
	Approved   string          `cbor:"10,keyasint"` // by whom besides: a person of staff; empty where nobody was asked
}

// Kind is person.corrected/1.
func (Corrected) Kind() chain.Kind { return "person.corrected/1" }

// Check reports a field that cannot be, or that does not belong to what is corrected.
func (e Corrected) Check() error {
	if len(e.Approved) > whoBytesMax {
		return fmt.Errorf("approved by %d bytes: want %d at most", len(e.Approved), whoBytesMax)
	}
	return errors.Join(e.Desk.Check(), checkCode(e.Reason), checkCodes(e.Confirmed), e.checkValue())
}

func (e Corrected) checkValue() error {
	if e.What != FieldNumber && (e.NumberKind != "" || len(e.Mark) > 0) || e.What != FieldBirth && e.Precision != "" || e.What != FieldSex && e.Sex != "" {
		return fmt.Errorf("a correction of %q has another field besides", e.What)
	}
	switch e.What {
	case FieldName:
		return checkName(e.Sealed)
	case FieldNumber:
		if len(e.Sealed) == 0 {
			return errors.New("a correction to no number")
		}
		return number{e.NumberKind, e.Sealed, e.Mark}.check()
	case FieldBirth:
		if len(e.Sealed) == 0 {
			return errors.New("a correction to no birth date")
		}
		return checkBirth(e.Sealed, e.Precision)
	case FieldSex:
		if len(e.Sealed) > 0 {
			return errors.New("a sex is not sealed")
		}
		return e.Sex.Check()
	}
	return fmt.Errorf("a correction of %q: want name, number, birth or sex", e.What)
}

func (e Corrected) project(v ledger.View, h chain.Header) error {
	before, ok := read(v.Reader, id.Person(h.Subject))
	if !ok {
		return nil // of a person whom this ledger does not know
	}
	after, now := before, Field{h.Seq, e.Sealed}
	switch e.What {
	case FieldName:
		after.Name = now
	case FieldNumber:
		after.Number, after.NumberKind, after.Mark = now, e.NumberKind, e.Mark
	case FieldBirth:
		after.Birth, after.Precision = now, e.Precision
	case FieldSex:
		after.Sex = e.Sex
	}
	after.Corrections++
	return put(v, before, after)
}

// Correct records a correction. It reports ErrUnknown, ErrForgotten, ErrKnown when the number is another's, or what Check
// finds.
func Correct(tx *ledger.Tx, p id.Person, e Corrected) error {
	if _, err := present(tx, p); err != nil {
		return err
	}
	if err := free(tx, p, e.Mark); err != nil {
		return err
	}
	return tx.Append(string(p), e)
}
