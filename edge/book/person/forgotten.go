package person

import (
	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Forgotten records that the key of a person's household is deleted: name, number and birth date open never again, and the
// number finds nobody.
type Forgotten struct {
	Reason string `cbor:"1,keyasint"` // a code: "asked", "retention"
}

// Kind is person.forgotten/1.
func (Forgotten) Kind() chain.Kind { return "person.forgotten/1" }

// Check reports a reason that is no code.
func (e Forgotten) Check() error { return checkCode(e.Reason) }

func (e Forgotten) project(v ledger.View, h chain.Header) error {
	before, ok := read(v.Reader, id.Person(h.Subject))
	if !ok {
		return nil
	}
	return put(v, before, Person{
		ID: before.ID, Household: before.Household, Sex: before.Sex, Forgotten: true, Since: before.Since,
		Looks: before.Looks, Corrections: before.Corrections,
	})
}

// Forget records that a person is forgotten. It reports ErrUnknown, ErrForgotten, or what Check finds.
func Forget(tx *ledger.Tx, p id.Person, e Forgotten) error {
	if _, err := present(tx, p); err != nil {
		return err
	}
	return tx.Append(string(p), e)
}
