package person_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"markaz.example/edge/book/person"
	"markaz.example/edge/civil"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
	"markaz.example/edge/vault"
)

const (
	mother = id.Person("MMMMMMMMMMMMMMMM")
	child  = id.Person("CCCCCCCCCCCCCCCC")
)

func sealed(b byte) vault.Sealed { return bytes.Repeat([]byte{b}, 72) }
func marked(b byte) vault.Mark   { return bytes.Repeat([]byte{b}, 32) }

func registered(n byte) person.Registered {
	return person.Registered{
		Desk: "A", Household: "HHHHHHHHHHHHHHHH", Sex: civil.Female, Name: sealed(n), NumberKind: person.CNIC, Number: sealed(n + 1),
		Mark: marked(n), Birth: sealed(n + 2), Precision: civil.Exact,
	}
}

func open(t *testing.T) *ledgertest.File {
	t.Helper()
	f := ledgertest.Create(t, person.Book())
	t.Cleanup(func() { f.Close(t) })
	return f
}

func record(f *ledgertest.File, decide func(*ledger.Tx) error) error {
	return f.Update(context.Background(), "desk/A", decide)
}

func register(f *ledgertest.File, p id.Person, e person.Registered) error {
	return record(f, func(tx *ledger.Tx) error { return person.Register(tx, p, e) })
}

func correct(f *ledgertest.File, p id.Person, e person.Corrected) error {
	return record(f, func(tx *ledger.Tx) error { return person.Correct(tx, p, e) })
}

func byMark(t *testing.T, f *ledgertest.File, m vault.Mark) (p person.Person, ok bool) {
	t.Helper()
	err := f.View(context.Background(), func(s ledger.Snapshot) error { p, ok = person.ByMark(s, m); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return p, ok
}

// One number is one person, also after a correction moved it; each field remembers the record it stands in.
func TestNumbersAreOnePerson(t *testing.T) {
	f := open(t)
	if err := errors.Join(register(f, mother, registered(10)), register(f, child, registered(20))); err != nil {
		t.Fatal(err)
	}
	if err := register(f, "XXXXXXXXXXXXXXXX", registered(10)); !errors.Is(err, person.ErrKnown) {
		t.Errorf("one number twice: %v", err)
	}
	if err := register(f, mother, registered(30)); !errors.Is(err, person.ErrTwice) {
		t.Errorf("one name twice: %v", err)
	}
	to := person.Corrected{Desk: "A", What: person.FieldNumber, Reason: "typing", Sealed: sealed(7), NumberKind: person.CNIC, Mark: marked(20)}
	if err := correct(f, mother, to); !errors.Is(err, person.ErrKnown) {
		t.Errorf("corrected to another's number: %v", err)
	}
	to.Mark = marked(99)
	if err := correct(f, mother, to); err != nil {
		t.Fatal(err)
	}
	if _, ok := byMark(t, f, marked(10)); ok {
		t.Error("the number before finds her still")
	}
	p, ok := byMark(t, f, marked(99))
	if !ok || p.ID != mother || p.Number.Seq != 4 || p.Name.Seq != 2 || p.Corrections != 1 || !bytes.Equal(p.Number.Sealed, sealed(7)) {
		t.Errorf("by the new number: %+v, %v", p, ok)
	}
	if err := correct(f, "XXXXXXXXXXXXXXXX", to); !errors.Is(err, person.ErrUnknown) {
		t.Errorf("correcting nobody: %v", err)
	}
}

// What is forgotten has no fields, is not found, and cannot be corrected, looked at or forgotten again.
func TestForgotten(t *testing.T) {
	f := open(t)
	if err := register(f, mother, registered(10)); err != nil {
		t.Fatal(err)
	}
	look := func() error {
		return record(f, func(tx *ledger.Tx) error {
			_, err := person.Look(tx, mother, person.Looked{Desk: "A", Visit: "VVVVVVVVVVVVVVVV", Fields: []string{person.FieldName}, Reason: "compare"})
			return err
		})
	}
	forget := func() error {
		return record(f, func(tx *ledger.Tx) error { return person.Forget(tx, mother, person.Forgotten{Reason: "asked"}) })
	}
	for _, part := range []struct {
		what, reason string
	}{{person.FieldSex, "paper"}, {person.FieldName, "typing"}, {person.FieldBirth, "paper"}} {
		e := person.Corrected{Desk: "A", What: part.what, Reason: part.reason}
		switch part.what {
		case person.FieldSex:
			e.Sex = civil.Other
		case person.FieldBirth:
			e.Sealed, e.Precision = sealed(8), civil.Month
		default:
			e.Sealed = sealed(9)
		}
		if err := correct(f, mother, e); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(look(), look(), forget()); err != nil {
		t.Fatal(err)
	}
	err := f.View(context.Background(), func(s ledger.Snapshot) error {
		p, ok := person.Get(s, mother)
		if !ok || !p.Forgotten || !p.Name.None() || !p.Birth.None() || p.Looks != 2 || p.Corrections != 3 || p.Sex != civil.Other {
			t.Errorf("%+v, %v", p, ok)
		}
		return nil
	})
	if _, ok := byMark(t, f, marked(10)); ok || err != nil {
		t.Errorf("who was forgotten is found: %v", err)
	}
	for name, err := range map[string]error{"look": look(), "forget": forget(), "correct": correct(f, mother, person.Corrected{
		Desk: "A", What: person.FieldSex, Reason: "paper", Sex: civil.Male})} {
		if !errors.Is(err, person.ErrForgotten) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := register(f, child, registered(10)); err != nil {
		t.Errorf("the number registered anew: %v", err)
	}
}
