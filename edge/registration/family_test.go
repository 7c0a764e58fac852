package registration_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"markaz.example/edge/book/household"
	"markaz.example/edge/civil"
	"markaz.example/edge/desk"
	"markaz.example/edge/desk/desktest"
	"markaz.example/edge/id"
	"markaz.example/edge/registration"
)

func TestRegisterFamily(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	_, err := h.Desk(ctx, "B")
	desktest.Refused(t, "a desk that does not register", err, desk.NotRegistering)
	_, err = h.Desk(ctx, "A")
	desktest.Refused(t, "nobody served", err, desk.NobodyServed)
	v, f := h.family(t)
	if len(f.Members) != 2 || !f.Here || f.Visits != 1 {
		t.Fatalf("%+v", f)
	}
	mother, child := f.Members[0], f.Members[1]
	if mother.Name != "Z… B…" || mother.Number != "•••••-••••321-2" || mother.Precision != civil.Month || mother.As != household.Mother {
		t.Errorf("the mother is shown as %+v", mother)
	}
	if child.Name != "گ… م…" || child.Number != "" || child.Months != 20 || child.Closed {
		t.Errorf("the child is shown as %+v", child)
	}
	_, err = h.AddMember(ctx, "A", v, "AAAAAAAAAAAAAAAA", h.child(t))
	desktest.Refused(t, "a child of a family elsewhere", err, desk.NobodyKnown)
	_, err = h.AddMember(ctx, "A", "AAAAAAAAAAAAAAAA", f.ID, h.child(t))
	desktest.Refused(t, "on a visit elsewhere", err, desk.NobodyServed)
	_, err = h.AddMember(ctx, "A", v, f.ID, registration.Registrant{As: household.Child})
	desktest.Refused(t, "nothing typed", err, desk.EntryShort)

	desktest.Refused(t, "finish", h.Floor.Finish(ctx, "A", "done", false), "")
	again := h.hall.Serve("A", "kafaalat")
	if r, err := h.Desk(ctx, "A"); err != nil || r.Family != nil {
		t.Errorf("a new visit has a family: %+v, %v", r, err)
	}
	found, err := h.FindFamily(ctx, "A", number(t, "۶۹۹۰۱ ۷۶۵۴۳۲۱ ۲"))
	if err != nil || found.ID != f.ID || found.Here {
		t.Fatalf("found %+v, %v", found, err)
	}
	if got := h.person(mother.Person); got.Looks != 1 {
		t.Errorf("%d looks are recorded of who was found by a number", got.Looks)
	}
	_, err = h.FindFamily(ctx, "A", number(t, childNumber))
	desktest.Refused(t, "a number nobody has", err, desk.NobodyKnown)
	desktest.Refused(t, "attach", h.AttachFamily(ctx, "A", again, f.ID), "")
	desktest.Refused(t, "attach nobody", h.AttachFamily(ctx, "A", again, "AAAAAAAAAAAAAAAA"), desk.NobodyKnown)
	if r, err := h.Desk(ctx, "A"); err != nil || r.Family == nil || r.Family.Visits != 2 {
		t.Errorf("attached: %+v, %v", r.Family, err)
	}
}

// Two desks that register one number at once: one of them is told.
func TestOneNumberAtTwoDesks(t *testing.T) {
	h := open(t)
	h.Floor.Catalogue.Desks[1].Registers = true
	visits := map[id.Desk]id.Visit{"A": h.hall.Serve("A", "kafaalat"), "B": h.hall.Serve("B", "kafaalat")}
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for d, v := range visits {
		e := h.mother(t)
		wg.Go(func() {
			_, err := h.RegisterFamily(context.Background(), d, v, e)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won++
			case !errors.Is(err, desk.Refuse(desk.PersonKnown)):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("%d desks registered one number", won)
	}
}
