package reading

import (
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// What is measured.
const (
	Weight = "weight" // grams
	Length = "length" // millimetres, lying
	Height = "height" // millimetres, standing
	MUAC   = "muac"   // millimetres, middle of the upper arm
	Head   = "head"   // millimetres, circumference
)

// Who is measured.
const (
	Child  = "child"
	Mother = "mother"
)

// How it was arrived at.
const (
	FromScale      = "scale"      // the stable readings of a scale
	FromDifference = "difference" // mother with child, less mother alone
	Typed          = "typed"      // read by a person and typed twice
)

var (
	whats = map[string]bool{Weight: true, Length: true, Height: true, MUAC: true, Head: true}
	whos  = map[string]bool{Child: true, Mother: true}
	hows  = map[string]bool{FromScale: true, FromDifference: true, Typed: true}
)

// Taken records one measurement. The record's subject is the visit.
type Taken struct {
	Desk   id.Desk `cbor:"1,keyasint"`
	Stop   uint8   `cbor:"2,keyasint"` // index of the stop being served
	Who    string  `cbor:"3,keyasint"`
	What   string  `cbor:"4,keyasint"`
	Value  uint32  `cbor:"5,keyasint"` // grams or millimetres
	How    string  `cbor:"6,keyasint"`
	Raw    []int64 `cbor:"7,keyasint"` // the readings, in order; of a difference with the child first, then alone
	Device string  `cbor:"8,keyasint"` // the instrument's name; empty when typed
	Text   string  `cbor:"9,keyasint"` // the last thing the instrument said, as it said it; empty when typed
}

// Kind is reading.taken/1.
func (Taken) Kind() chain.Kind { return "reading.taken/1" }

// Check reports a measurement that cannot be.
func (e Taken) Check() error {
	faults := []error{e.Desk.Check(), oneOf("person", e.Who, whos), oneOf("measure", e.What, whats), oneOf("way", e.How, hows)}
	if e.Stop >= stopsMax {
		faults = append(faults, fmt.Errorf("stop %d: a visit has %d at most", e.Stop, stopsMax))
	}
	if e.Value == 0 || e.Value > valueMax {
		faults = append(faults, fmt.Errorf("value %d: want 1 to %d grams or millimetres", e.Value, valueMax))
	}
	if len(e.Raw) == 0 || len(e.Raw) > rawMax {
		faults = append(faults, fmt.Errorf("%d readings: want 1 to %d", len(e.Raw), rawMax))
	}
	if len(e.Device) > deviceBytesMax || len(e.Text) > textBytesMax || (e.How == Typed) != (e.Device == "") {
		faults = append(faults, fmt.Errorf("instrument %q: want a name of at most %d bytes, and none for what was typed", e.Device, deviceBytesMax))
	}
	return errors.Join(faults...)
}

func oneOf(what, word string, known map[string]bool) error {
	if known[word] {
		return nil
	}
	return fmt.Errorf("%s %q is not known", what, word)
}

// Kept is a measurement with the record that holds it.
type Kept struct {
	Taken Taken  `cbor:"1,keyasint"`
	Seq   uint64 `cbor:"2,keyasint"`
	Wall  int64  `cbor:"3,keyasint"` // milliseconds since 1970 UTC
	Grade uint8  `cbor:"4,keyasint"` // of the clock then
}

func (e Taken) project(v ledger.View, h chain.Header) error {
	now := Kept{e, h.Seq, h.Stamp.Wall, uint8(h.Stamp.Grade)}
	var kept []Kept
	for _, k := range of(v.Reader, id.Visit(h.Subject)) {
		if k.Taken.Who != e.Who || k.Taken.What != e.What {
			kept = append(kept, k)
		}
	}
	kept = append(kept, now)
	if len(kept) > keptMax {
		kept = kept[len(kept)-keptMax:]
	}
	b, err := chain.EncodeBody(kept)
	if err != nil {
		return fmt.Errorf("view %s: %w", Name, err)
	}
	return v.Put(visitKey(id.Visit(h.Subject)), b)
}

// Take records a measurement. It reports what Check finds.
func Take(tx *ledger.Tx, v id.Visit, e Taken) error { return tx.Append(string(v), e) }
