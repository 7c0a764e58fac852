package growth

import (
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/lms"
)

var verdicts = []string{lms.Normal.String(), lms.Low.String()}

// Screened records that a pregnant or breastfeeding woman's arm was measured. The record's subject is the person.
type Screened struct {
	Visit    id.Visit `cbor:"1,keyasint"`
	Stop     uint8    `cbor:"2,keyasint"`
	Desk     id.Desk  `cbor:"3,keyasint"`
	ArmsMM   []uint32 `cbor:"4,keyasint"` // every reading
	ArmUM    uint32   `cbor:"5,keyasint"` // mean, in micrometres
	CutOffMM uint32   `cbor:"6,keyasint"` // that was applied: the programme's on that day
	Class    string   `cbor:"7,keyasint"` // normal, or low
}

// Kind is growth.screened/1.
func (Screened) Kind() chain.Kind { return "growth.screened/1" }

// Check reports a measurement that cannot be, and a verdict that does not follow from it.
func (e Screened) Check() error {
	faults := []error{
		e.Visit.Check(), e.Desk.Check(), checkStop(e.Stop), readings("arm", e.ArmsMM, e.ArmUM, lengthMaxMM), oneOf("class", e.Class, verdicts),
	}
	if e.CutOffMM < cutOffMinMM || e.CutOffMM > cutOffMaxMM {
		faults = append(faults, fmt.Errorf("cut-off %d mm: want %d to %d", e.CutOffMM, cutOffMinMM, cutOffMaxMM))
	}
	if low := e.ArmUM < e.CutOffMM*1000; e.ArmUM == 0 || low != (e.Class == lms.Low.String()) {
		faults = append(faults, errors.New("the class does not follow from arm and cut-off"))
	}
	return errors.Join(faults...)
}

func (e Screened) project(v ledger.View, h chain.Header) error {
	person := id.Person(h.Subject)
	return put(v, womanKey(person), KeptScreened{e, person, h.Actor, h.Seq, h.Stamp.Wall, uint8(h.Stamp.Grade)})
}
