package growth

import (
	"errors"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Why a measurement that is not plausible, or does not fit the one before, was kept all the same.
const (
	MeasuredAgain = "measured-again" // once more with the same result
	ChildGone     = "child-gone"     // the child could not be measured again
	KnownCause    = "known-cause"    // an illness or impairment that is known explains it
)

// Insists are the reasons, as texts know them.
func Insists() []string { return []string{MeasuredAgain, ChildGone, KnownCause} }

// Insisted records why the measurement that the same decision records next is kept. The record's subject is the person.
type Insisted struct {
	Visit  id.Visit `cbor:"1,keyasint"`
	Stop   uint8    `cbor:"2,keyasint"`
	Desk   id.Desk  `cbor:"3,keyasint"`
	Reason string   `cbor:"4,keyasint"`
}

// Kind is growth.insisted/1.
func (Insisted) Kind() chain.Kind { return "growth.insisted/1" }

// Check reports an unknown reason or place.
func (e Insisted) Check() error {
	return errors.Join(e.Visit.Check(), e.Desk.Check(), checkStop(e.Stop), oneOf("reason", e.Reason, Insists()))
}

// project keeps nothing: the chain is where somebody looks this up.
func (e Insisted) project(ledger.View, chain.Header) error { return nil }

// Insist records why the next measurement of a person is kept. It reports what Check finds.
func Insist(tx *ledger.Tx, p id.Person, e Insisted) error { return tx.Append(string(p), e) }
