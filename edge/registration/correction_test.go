package registration_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"

	"markaz.example/edge/book/person"
	"markaz.example/edge/book/staff"
	"markaz.example/edge/chain"
	"markaz.example/edge/civil"
	"markaz.example/edge/desk"
	"markaz.example/edge/desk/desktest"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/pin"
	"markaz.example/edge/registration"
)

func TestCorrectPerson(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	v, f := h.family(t)
	mother, child := f.Members[0].Person, f.Members[1].Person
	name, _ := civil.ParseName("Gul Meena")
	birth, _ := civil.EstimateBirth("9", h.Floor.Today())
	for _, c := range []struct {
		what string
		of   id.Person
		c    registration.Correction
		want string
	}{
		{"a name", child, registration.Correction{What: person.FieldName, Reason: "typing", Name: name}, ""},
		{"a birth date", child, registration.Correction{What: person.FieldBirth, Reason: "paper", Birth: birth}, ""},
		{"a number", child, registration.Correction{What: person.FieldNumber, Reason: "registered-now", Number: number(t, childNumber), NumberKind: person.BForm}, ""},
		{"a sex", child, registration.Correction{What: person.FieldSex, Reason: "typing", Sex: civil.Male}, ""},
		{"another's number", child, registration.Correction{What: person.FieldNumber, Reason: "typing", Number: number(t, motherNumber), NumberKind: person.CNIC, Confirmed: []string{"sex"}}, desk.PersonKnown},
		{"a doubtful number", child, registration.Correction{What: person.FieldNumber, Reason: "typing", Number: number(t, "09901-1112223-5"), NumberKind: person.BForm}, desk.PersonDoubt},
		{"to nothing", mother, registration.Correction{What: person.FieldName, Reason: "typing"}, desk.EntryShort},
		{"of nothing", mother, registration.Correction{Reason: "typing"}, desk.EntryShort},
		{"for no reason", mother, registration.Correction{What: person.FieldName, Name: name}, desk.BadReason},
		{"nobody", "AAAAAAAAAAAAAAAA", registration.Correction{What: person.FieldName, Reason: "typing", Name: name}, desk.NobodyKnown},
	} {
		desktest.Refused(t, c.what, h.CorrectPerson(ctx, "A", v, c.of, c.c), c.want)
	}
	shown, err := h.ShowPerson(ctx, "A", v, child, "compare")
	if err != nil || shown.Name != name || shown.Birth != birth || shown.Number.Written() != childNumber {
		t.Errorf("after corrections: %q %q, %v", shown.Name.Text(), shown.Number.Written(), err)
	}
	err = h.Floor.Ledger.View(ctx, func(s ledger.Snapshot) error {
		bio, err := h.BioOf(s, child)
		if err != nil || bio.Sex != civil.Male || bio.Birth.Days(h.Floor.Today()) != 274 {
			t.Errorf("%s, %d days, %v", bio.Sex, bio.Birth.Days(h.Floor.Today()), err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// A correction of who somebody is names the colleague who stands by it.
func TestCorrectionWantsASecondPerson(t *testing.T) {
	h := open(t)
	v, f := h.family(t)
	mine, child := h.enrol(t), f.Members[1].Person
	name, _ := civil.ParseName("Gul Meena")
	c := registration.Correction{What: person.FieldName, Reason: "typing"}
	desktest.Refused(t, "what cannot be recorded", h.CorrectPerson(mine, "A", v, child, c), desk.EntryShort)
	c.Name = name
	head := h.Floor.Ledger.Acknowledged().Seq
	wanted := desk.Wanted{Act: staff.Correction, About: string(child)}
	err := h.CorrectPerson(mine, "A", v, child, c)
	desktest.Refused(t, "alone", err, desk.NeedsSecond)
	if r, _ := errors.AsType[*desk.Refusal](err); r == nil || r.Wanted != wanted {
		t.Errorf("wants %+v, want %+v", r, wanted)
	}
	if now := h.Floor.Ledger.Acknowledged().Seq; now != head {
		t.Errorf("%d records of a refusal", now-head)
	}
	both, err := h.Floor.Approve(mine, wanted, "S003", pins[2])
	desktest.Refused(t, "approve", err, "")
	desktest.Refused(t, "with a colleague", h.CorrectPerson(both, "A", v, child, c), "")
	records, err := h.Floor.Ledger.Read(h.Floor.Ledger.Acknowledged().Seq-1, 1<<20)
	if err != nil || len(records) != 1 {
		t.Fatalf("%d records, %v", len(records), err)
	}
	r, err := chain.Decode(records[0])
	var got person.Corrected
	if err := errors.Join(err, chain.DecodeBody(r.Body, &got)); err != nil || got.Approved != "S003" {
		t.Errorf("%s is approved by %q, %v; want S003", r.Kind, got.Approved, err)
	}
	people, err := h.Floor.People(t.Context(), "S003")
	if err != nil || len(people.Notes) == 0 || people.Notes[0].Detail != string(wanted.Act) || people.Notes[0].About != wanted.About {
		t.Errorf("noted %+v, %v", people.Notes, err)
	}
	shown, err := h.ShowPerson(mine, "A", v, child, "compare")
	if err != nil || shown.Name.Text() != name.Text() {
		t.Errorf("after the correction: %q, %v", shown.Name.Text(), err)
	}
}

// pins are of S001, a manager, S002, who sits at desk A, and S003, a nurse.
var pins = []string{"284913", "391847", "502736"}

// enrol gives the centre a staff, and the context of the console at desk A.
func (h *registry) enrol(t *testing.T) context.Context {
	t.Helper()
	secret, err := pin.New(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h.Floor.Pins = pin.NewKeeper(secret)
	h.Floor.Pins.Cost = pin.Cost{MemoryKiB: 8, Passes: 1} // the least that there is
	for i, role := range []staff.Role{staff.Manager, staff.Clerk, staff.Nurse} {
		_, err := h.Floor.Enrol(t.Context(), desk.AtMachine, staff.Enrolled{Name: fmt.Sprint("Colleague ", i+1), Role: role}, pins[i])
		desktest.Refused(t, "enrol", err, "")
	}
	s := desk.Seat{Place: "desk/A", Staff: "S002", Console: staff.Console(strings.Repeat("1", 32))}
	desktest.Refused(t, "sign in", h.Floor.SignIn(t.Context(), s, pins[1], false), "")
	return desk.From(t.Context(), s)
}
