package growth

import (
	"errors"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Why a measurement does not count.
const (
	WrongPerson = "wrong-person" // another child was measured
	Misread     = "misread"      // what was recorded is not what was seen
)

var reasons = []string{WrongPerson, Misread}

// Withdrawn records that a measurement does not count. It stays in the chain; curves and lists are without it. The record's
// subject is the person.
type Withdrawn struct {
	Of     uint64 `cbor:"1,keyasint"` // place of the measurement's record
	Reason string `cbor:"2,keyasint"`
}

// Kind is growth.withdrawn/1.
func (Withdrawn) Kind() chain.Kind { return "growth.withdrawn/1" }

// Check reports no record and an unknown reason.
func (e Withdrawn) Check() error {
	var missing error
	if e.Of == 0 {
		missing = errors.New("no record is named")
	}
	return errors.Join(missing, oneOf("reason", e.Reason, reasons))
}

func (e Withdrawn) project(v ledger.View, h chain.Header) error {
	key := personKey(id.Person(h.Subject), e.Of)
	kept, ok := read[Kept](v.Reader, key)
	if !ok {
		return nil
	}
	return errors.Join(v.Delete(key), v.Delete(visitKey(kept.Measured.Visit, e.Of)))
}
