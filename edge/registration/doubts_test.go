package registration_test

import (
	"slices"
	"testing"

	"markaz.example/edge/book/household"
	"markaz.example/edge/book/person"
	"markaz.example/edge/civil"
	"markaz.example/edge/desk"
	"markaz.example/edge/desk/desktest"
	"markaz.example/edge/registration"
)

// A number is registered once; what is unusual is confirmed by a person, and recorded with the entry.
func TestDuplicatesAndDoubts(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	v, f := h.family(t)
	known, err := h.RegisterFamily(ctx, "A", v, h.mother(t))
	desktest.Refused(t, "the mother again", err, desk.PersonKnown)
	if known.ID != f.ID || known.Members[0].Name != "Z… B…" {
		t.Errorf("who has the number: %+v", known)
	}
	twin := h.child(t)
	twin.Name, _ = civil.ParseName("زرمینہ")
	for _, c := range []struct {
		name   string
		change func(*registration.Registrant)
		doubt  string
	}{
		{"a twin", func(*registration.Registrant) {}, registration.DoubtTwin},
		{"the same child", func(e *registration.Registrant) { e.Name = h.child(t).Name }, registration.DoubtSameName},
		{"a man's number", func(e *registration.Registrant) {
			e.Number, e.NumberKind, e.Birth = number(t, "69901-0000000-1"), person.BForm, h.mother(t).Birth
		}, "sex"},
		{"no province", func(e *registration.Registrant) {
			e.Number, e.NumberKind, e.Sex = number(t, "99901-0000000-1"), person.BForm, civil.Male
		}, "province"},
		{"a grown child", func(e *registration.Registrant) { e.Birth = h.mother(t).Birth; e.Sex = civil.Male }, registration.DoubtOld},
		{"an aunt without a card", func(e *registration.Registrant) { e.As = household.Member; e.Sex = civil.Male }, registration.DoubtNoNumber},
	} {
		e := twin
		c.change(&e)
		doubts, err := h.Doubts(ctx, f.ID, e)
		if err != nil || !slices.Contains(doubts, c.doubt) {
			t.Errorf("%s: doubts %v, %v", c.name, doubts, err)
		}
		_, err = h.AddMember(ctx, "A", v, f.ID, e)
		desktest.Refused(t, c.name, err, desk.PersonDoubt)
	}
	twin.Confirmed = []string{registration.DoubtTwin, "sex"}
	after, err := h.AddMember(ctx, "A", v, f.ID, twin)
	if err != nil || len(after.Members) != 3 {
		t.Fatalf("a twin confirmed: %+v, %v", after, err)
	}
}
