package registration_test

import (
	"context"
	"strings"
	"testing"

	"markaz.example/edge/book/person"
	"markaz.example/edge/book/staff"
	"markaz.example/edge/desk"
	"markaz.example/edge/desk/desktest"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// A look is recorded before it is shown, and only the family in hand is shown.
func TestShowPerson(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	v, f := h.family(t)
	p := f.Members[0].Person
	_, err := h.ShowPerson(ctx, "A", v, p, "nosy")
	desktest.Refused(t, "for no reason", err, desk.BadReason)
	shown, err := h.ShowPerson(ctx, "A", v, p, "compare")
	if err != nil || shown.Name.Text() != motherName || shown.Number.Written() != motherNumber || shown.Birth.Date() != "1998-07-15" {
		t.Errorf("shown %q %q %q, %v", shown.Name.Text(), shown.Number.Written(), shown.Birth.Date(), err)
	}
	if got := h.person(p); got.Looks != 1 {
		t.Errorf("%d looks are recorded", got.Looks)
	}
	desktest.Refused(t, "finish", h.Floor.Finish(ctx, "A", "done", false), "")
	other := h.hall.Serve("A", "kafaalat")
	_, err = h.ShowPerson(ctx, "A", other, p, "compare")
	desktest.Refused(t, "a family that is not in hand", err, desk.NobodyKnown)
	if got := h.person(p); got.Looks != 1 {
		t.Errorf("a look that was refused is recorded: %d", got.Looks)
	}
}

func (h *registry) person(p id.Person) (out person.Person) {
	h.hall.View(func(s ledger.Snapshot) { out, _ = person.Get(s, p) })
	return out
}

// An age tells a birth date, so it is for whoever may see those.
func TestAgesAreForWhoSeesBirths(t *testing.T) {
	h := open(t)
	h.family(t)
	clerk := h.enrol(t)
	const pin = "618204"
	_, err := h.Floor.Enrol(t.Context(), desk.AtMachine, staff.Enrolled{Name: "Colleague 4", Role: staff.Teller}, pin)
	desktest.Refused(t, "enrol", err, "")
	if got := h.ages(t, clerk); got[0] < 0 || got[0] == got[1] {
		t.Errorf("the clerk sees ages %v", got)
	}
	desktest.Refused(t, "sign out", h.Floor.SignOut(clerk), "")
	s := desk.Seat{Place: "desk/A", Staff: "S004", Console: staff.Console(strings.Repeat("2", 32))}
	desktest.Refused(t, "sign in", h.Floor.SignIn(t.Context(), s, pin, false), "")
	if got := h.ages(t, desk.From(t.Context(), s)); got[0] != -1 || got[1] != -1 {
		t.Errorf("the teller sees ages %v", got)
	}
}

// ages are those of mother and child on the screen of desk A, in months.
func (h *registry) ages(t *testing.T, ctx context.Context) []int {
	t.Helper()
	d, err := h.Desk(ctx, "A")
	if err != nil || d.Family == nil || len(d.Family.Members) < 2 {
		t.Fatalf("%+v, %v", d, err)
	}
	return []int{d.Family.Members[0].Months, d.Family.Members[1].Months}
}
