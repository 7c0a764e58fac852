package person

import (
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Looked records that somebody was shown what is sealed of a person.
type Looked struct {
	Desk   id.Desk  `cbor:"1,keyasint"`
	Visit  id.Visit `cbor:"2,keyasint"` // that was in hand
	Fields []string `cbor:"3,keyasint"` // FieldName, FieldNumber, FieldBirth
	Reason string   `cbor:"4,keyasint"` // a code: "compare", "correct", "asked"; "found" by a number, and shown masked
}

// Kind is person.looked/1.
func (Looked) Kind() chain.Kind { return "person.looked/1" }

// Check reports a field that cannot be.
func (e Looked) Check() error {
	if len(e.Fields) == 0 || len(e.Fields) > codesMax {
		return fmt.Errorf("a look at %d fields: want 1 to %d", len(e.Fields), codesMax)
	}
	for _, f := range e.Fields {
		if f != FieldName && f != FieldNumber && f != FieldBirth {
			return errors.New("a look at what is not sealed")
		}
	}
	return errors.Join(e.Desk.Check(), e.Visit.Check(), checkCode(e.Reason))
}

func (e Looked) project(v ledger.View, h chain.Header) error {
	before, ok := read(v.Reader, id.Person(h.Subject))
	if !ok {
		return nil
	}
	after := before
	after.Looks++
	return put(v, before, after)
}

// Look records a look. It reports ErrUnknown, ErrForgotten or what Check finds.
func Look(tx *ledger.Tx, p id.Person, e Looked) (Person, error) {
	who, err := present(tx, p)
	if err != nil {
		return who, err
	}
	return who, tx.Append(string(p), e)
}
