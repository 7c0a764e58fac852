package registration_test

import (
	"testing"

	"markaz.example/edge/book/person"
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
