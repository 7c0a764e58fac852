package desk_test

import (
	"testing"
	"time"

	"markaz.example/edge/book/staff"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// sees asks as a page's decision does.
func (h *hall) sees(t *testing.T, s desk.Seat, f staff.Field) (is bool) {
	t.Helper()
	ctx := desk.From(t.Context(), s)
	if err := h.Look(ctx, func(snap ledger.Snapshot) error { is = h.Sees(ctx, snap, f); return nil }); err != nil {
		t.Fatal(err)
	}
	return is
}

// A helper who is alone serves for ten minutes, and the manager knows. Not while a clerk is there, not what is never one
// person's, not for another place, not for longer, and not for ever without a manager's look.
func TestGlass(t *testing.T) {
	h := staffed(t)
	serve := desk.Right{Act: staff.Serve}
	clerk := h.in(t, sign("desk/B", "S002", 1))
	helper := h.in(t, sign("desk/A", "S004", 2))
	refused(t, "a clerk is there", h.BreakGlass(helper, serve, "", "nobody-here"), desk.GlassNotNeeded)
	refused(t, "the clerk goes", h.SignOut(clerk), "")
	for name, r := range map[string]desk.Right{
		"nothing": {}, "two": {Field: staff.SeeName, Act: staff.Serve}, "money": {Field: staff.SeeMoney}, "paying": {Act: staff.Pay},
		"a refund": {Act: staff.Refund}, "a correction": {Act: staff.Correction}, "a favour": {Act: staff.Favour},
		"the floor": {Act: staff.Floor}, "the staff": {Act: staff.People}, "an account": {Act: staff.Unlock},
	} {
		refused(t, name, h.BreakGlass(helper, r, "", "nobody-here"), desk.GlassNever)
	}
	refused(t, "no reason", h.BreakGlass(helper, serve, "", "curious"), desk.BadReason)
	refused(t, "nobody who signed in", h.BreakGlass(t.Context(), serve, "", "urgent"), desk.SignInFirst)
	refused(t, "before", h.Recall(helper, "A"), desk.NotAllowed)
	refused(t, "broken", h.BreakGlass(helper, serve, id.Visit(""), "nobody-here"), "")
	refused(t, "open", h.Recall(helper, "A"), desk.NobodyCalled)
	refused(t, "twice", h.BreakGlass(helper, serve, "", "nobody-here"), desk.GlassNotNeeded)

	manager := h.in(t, sign("floor", "S001", 3))
	all, err := h.Glasses(t.Context())
	if err != nil || len(all) != 1 || all[0].Staff != "S004" || all[0].Act != staff.Serve || all[0].Count != 1 || all[0].Place != "desk/A" {
		t.Fatalf("the manager is told %+v, %v", all, err)
	}
	refused(t, "seen by whoever did it", h.SawGlass(helper, "desk/A", all[0].Seq), desk.NotAllowed)
	refused(t, "seen", h.SawGlass(manager, "floor", all[0].Seq), "")
	refused(t, "seen twice", h.SawGlass(manager, "floor", all[0].Seq), "")
	if all, err = h.Glasses(t.Context()); len(all) != 0 {
		t.Errorf("still told of %+v, %v", all, err)
	}
	refused(t, "seen, and open still", h.Recall(helper, "A"), desk.NobodyCalled)
	h.file.Clock.Jump(-10 * 365 * 24 * time.Hour) // the wall does not count
	h.file.Clock.Pass(9*time.Minute + 59*time.Second)
	refused(t, "in the last second", h.Recall(helper, "A"), desk.NobodyCalled)
	h.file.Clock.Pass(2 * time.Second)
	refused(t, "after it", h.Recall(helper, "A"), desk.NotAllowed)
}

// Five that nobody looked at are enough; a restart ends what runs.
func TestGlassIsCounted(t *testing.T) {
	h := staffed(t)
	seat := sign("desk/A", "S004", 2)
	helper := h.in(t, seat)
	name := desk.Right{Field: staff.SeeName}
	for range 5 {
		refused(t, "broken", h.BreakGlass(helper, name, "", "urgent"), "")
		if !h.sees(t, seat, staff.SeeName) || h.sees(t, seat, staff.SeeNumber) {
			t.Error("what was opened is not what is seen")
		}
		h.file.Clock.Pass(11 * time.Minute)
	}
	refused(t, "once more", h.BreakGlass(helper, name, "", "urgent"), desk.GlassFull)
	all, err := h.Glasses(t.Context())
	if err != nil || len(all) != 5 || all[4].Count != 5 {
		t.Fatalf("told of %+v, %v", all, err)
	}
	manager := h.in(t, sign("floor", "S001", 3))
	refused(t, "one is seen", h.SawGlass(manager, "floor", all[0].Seq), "")
	refused(t, "and one more", h.BreakGlass(helper, name, "", "urgent"), "")
	h.reboot(t)
	if h.sees(t, seat, staff.SeeName) {
		t.Error("a restart ends nothing")
	}
}

// Every role at every field, as decisions ask.
func TestRolesAtFields(t *testing.T) {
	h := staffed(t)
	for _, p := range []struct {
		code id.Staff
		sees []staff.Field
	}{
		{"S001", staff.Fields()},
		{"S002", []staff.Field{staff.SeeName, staff.SeeNumber, staff.SeeBirth, staff.SeePhone, staff.SeeGrowth}},
		{"S003", []staff.Field{staff.SeeName, staff.SeeBirth, staff.SeeGrowth}},
		{"S004", nil},
	} {
		seat := sign("desk/A", p.code, 1)
		refused(t, string(p.code), h.SignIn(t.Context(), seat, pinOf(p.code), true), "")
		var got []staff.Field
		for _, f := range staff.Fields() {
			if h.sees(t, seat, f) {
				got = append(got, f)
			}
		}
		if len(got) != len(p.sees) {
			t.Errorf("%s sees %v, want %v", p.code, got, p.sees)
		}
	}
	if h.sees(t, desk.Seat{}, staff.SeeName) || h.sees(t, sign("desk/A", "S001", 9), staff.SeeName) {
		t.Error("whoever has not signed in sees names")
	}
}
