package visit

import (
	"errors"
	"fmt"
	"slices"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// The classes that this book treats in a way of their own. The others are codes that package queue knows.
const (
	ClassNormal      = "normal"
	ClassAppointment = "appointment"
	ClassReturning   = "returning" // from another stop of the visit; set by the book, recorded by nobody
)

// classes are those that can be recorded.
var classes = []string{"emergency", "infant", "disability", "elder", ClassAppointment, ClassNormal}

// CheckClass reports a class that cannot be recorded.
func CheckClass(s string) error {
	if !slices.Contains(classes, s) {
		return fmt.Errorf("class %q: want one of %v", s, classes)
	}
	return nil
}

// Classed records the class of a visit and the fact that it follows from. Who saw the fact is the record's actor.
type Classed struct {
	Class string `cbor:"1,keyasint"` // "elder"
	Fact  string `cbor:"2,keyasint"` // a code: "card-seen"
}

// Kind is visit.classed/1.
func (Classed) Kind() chain.Kind { return "visit.classed/1" }

// Check reports a class that is none, or a fact that is no code.
func (e Classed) Check() error { return errors.Join(CheckClass(e.Class), CheckWord(e.Fact)) }

func (e Classed) project(v ledger.View, h chain.Header) error {
	return alter(v, h, func(after *Visit, _ Moment) {
		after.Class, after.Fact, after.Issuer = e.Class, e.Fact, h.Actor
		if stop := after.Stop(); stop.State == StateWaiting {
			stop.Class = after.ClassNow()
		}
	})
}

// Class records a visit's class. It reports ErrNoVisit, ErrState, or what Check finds.
func Class(tx *ledger.Tx, v id.Visit, class, fact string) error {
	if _, err := standing(tx, v); err != nil {
		return err
	}
	return tx.Append(string(v), Classed{class, fact})
}

// Needed records what a visit must have at a desk; it replaces what was recorded before.
type Needed struct {
	Language string `cbor:"1,keyasint"` // that staff speak: "ps"; empty for any
	Sex      string `cbor:"2,keyasint"` // of staff: "f", "m"; empty for any
	Ground   bool   `cbor:"3,keyasint"` // reached without stairs
	Skill    string `cbor:"4,keyasint"` // of staff; empty for none
}

// Kind is visit.needed/1.
func (Needed) Kind() chain.Kind { return "visit.needed/1" }

// Check reports what no desk can have.
func (e Needed) Check() error { return Needs(e).check() }

func (n Needs) check() error {
	var errs []error
	if n.Language != "" {
		errs = append(errs, checkLang(n.Language))
	}
	if n.Sex != "" && n.Sex != "f" && n.Sex != "m" {
		errs = append(errs, fmt.Errorf("sex %q of staff: want f, m or none", n.Sex))
	}
	return errors.Join(append(errs, checkWordOrNone(n.Skill))...)
}

func (e Needed) project(v ledger.View, h chain.Header) error {
	return alter(v, h, func(after *Visit, _ Moment) { after.Needs = Needs(e) })
}

// Need records what a visit must have at a desk. It reports ErrNoVisit, ErrState, or what Check finds.
func Need(tx *ledger.Tx, v id.Visit, n Needs) error {
	if _, err := standing(tx, v); err != nil {
		return err
	}
	return tx.Append(string(v), Needed(n))
}

// Marked records a code that another part found for a visit, on which its journey may turn: a child's class "sam".
type Marked struct {
	Mark string `cbor:"1,keyasint"` // a code
}

// Kind is visit.marked/1.
func (Marked) Kind() chain.Kind { return "visit.marked/1" }

// Check reports a mark that is no code.
func (e Marked) Check() error { return CheckWord(e.Mark) }

func (e Marked) project(v ledger.View, h chain.Header) error {
	return alter(v, h, func(after *Visit, _ Moment) {
		if !slices.Contains(after.Marks, e.Mark) {
			after.Marks = append(after.Marks, e.Mark)
		}
	})
}

// Mark gives a visit a code; one that it has already is not recorded again. It reports ErrNoVisit, ErrState, ErrFull, or
// what Check finds.
func Mark(tx *ledger.Tx, v id.Visit, mark string) error {
	got, err := standing(tx, v)
	switch {
	case err != nil:
		return err
	case slices.Contains(got.Marks, mark):
		return nil
	case len(got.Marks) == MarksMax:
		return fmt.Errorf("visit %s has %d marks: %w", v, MarksMax, ErrFull)
	}
	return tx.Append(string(v), Marked{mark})
}
