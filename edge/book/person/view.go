package person

import (
	"bytes"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/civil"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/vault"
)

// Person is a registered person as far as a reader without the vault may know.
type Person struct {
	ID          id.Person       `cbor:"1,keyasint"`
	Household   id.Household    `cbor:"2,keyasint"` // under whose key the fields are sealed
	Sex         civil.Sex       `cbor:"3,keyasint"`
	Name        Field           `cbor:"4,keyasint"`
	NumberKind  string          `cbor:"5,keyasint"` // CNIC, BForm, or empty
	Number      Field           `cbor:"6,keyasint"`
	Mark        vault.Mark      `cbor:"7,keyasint"`
	Birth       Field           `cbor:"8,keyasint"`
	Precision   civil.Precision `cbor:"9,keyasint"`
	Since       uint64          `cbor:"10,keyasint"` // record of the registration
	Corrections int             `cbor:"11,keyasint"`
	Looks       int             `cbor:"12,keyasint"`
	Forgotten   bool            `cbor:"13,keyasint"` // then there are no fields
}

// Field is a sealed field with the record it stands in, which it opens for alone.
type Field struct {
	Seq    uint64       `cbor:"1,keyasint"` // 0 for no field
	Sealed vault.Sealed `cbor:"2,keyasint"`
}

// None says that there is nothing sealed.
func (f Field) None() bool { return f.Seq == 0 }

// The view's keys. MARK is 32 bytes.
//
//	p/PERSON  the person
//	m/MARK    -> name of who has the number
func personKey(p id.Person) []byte { return []byte("p/" + p) }
func markKey(m vault.Mark) []byte  { return append([]byte("m/"), m...) }

func read(r ledger.Reader, p id.Person) (who Person, ok bool) {
	b := r.Get(personKey(p))
	if b == nil {
		return who, false
	}
	if err := chain.DecodeBody(b, &who); err != nil {
		panic(fmt.Sprintf("BUG: view %s, person %s: %v", Name, p, err))
	}
	return who, true
}

// put replaces a person, with the mark that finds the number.
func put(v ledger.View, before, after Person) error {
	b, err := chain.EncodeBody(after)
	if err != nil {
		return fmt.Errorf("view %s: %w", Name, err)
	}
	if !bytes.Equal(before.Mark, after.Mark) {
		if err := moveMark(v, before, after); err != nil {
			return err
		}
	}
	return v.Put(personKey(after.ID), b)
}

func moveMark(v ledger.View, before, after Person) error {
	if len(before.Mark) > 0 {
		if err := v.Delete(markKey(before.Mark)); err != nil {
			return err
		}
	}
	if len(after.Mark) == 0 {
		return nil
	}
	return v.Put(markKey(after.Mark), []byte(after.ID))
}
