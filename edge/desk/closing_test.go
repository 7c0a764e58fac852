package desk_test

import (
	"testing"
	"time"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
)

// full is a visit at desk A with as many stops as one can have, whose journey would add two more.
func full(t *testing.T, h *hall) id.Visit {
	t.Helper()
	ctx := t.Context()
	h.Catalogue.Journeys = []desk.Journey{{
		Code: "mother", Stops: []id.Service{"kafaalat"},
		Rules: []desk.Rule{{Outcome: "referred", Add: "registration"}, {Outcome: "referred", Add: "nashonuma"}},
	}}
	v, err := h.Ask(ctx, desk.Asking{Actor: "kiosk/1", Journey: "mother", Lang: "ur"})
	refused(t, "ask", err, "")
	h.start(t, v)
	h.confirm(t, v)
	h.take(t, "A")
	for range visit.StopsMax - 2 {
		refused(t, "hand to oneself", h.Transfer(ctx, "A", desk.Handing{Service: "kafaalat"}), "")
		h.take(t, "A")
	}
	return v
}

// A journey may ask for more than fits into a visit: the desk finishes all the same, the first rule's stop comes, and what
// is missing is marked.
func TestFullVisitIsFinished(t *testing.T) {
	h, ctx := openHall(t), t.Context()
	v := full(t, h)
	refused(t, "finish", h.Finish(ctx, "A", "referred", false), "")
	c := h.take(t, "A")
	if c.Visit != v || c.Stops[c.Stop].Service.Code != "registration" || len(c.Stops) != visit.StopsMax {
		t.Errorf("after the referral: %+v", c)
	}
	if len(c.Marks) != 1 || c.Marks[0] != desk.MarkFull {
		t.Errorf("marked %v, want %s", c.Marks, desk.MarkFull)
	}
	refused(t, "take it back", h.Undo(ctx, "A"), "")
	refused(t, "and once more", h.Confirm(ctx, "A"), "")
	_, err := h.FinishNext(ctx, "A", "referred", false)
	refused(t, "what has no room at all", err, "")
	if p := h.place(t, v); p.State != visit.StateDone {
		t.Errorf("at the end: %+v", p)
	}
}

// Whoever is served over closing time can be served to the end, and cannot be left waiting for a call that does not come.
func TestAfterClosingNobodyIsLeftWaiting(t *testing.T) {
	h, ctx := openHall(t), t.Context()
	v := h.admit(t, "kafaalat", "nashonuma")
	h.take(t, "A")
	refused(t, "close", h.CloseDay(ctx, "floor", "evening", false), "")
	for what, act := range map[string]func() error{
		"hold":     func() error { return h.Hold(ctx, "A", "nadra") },
		"park":     func() error { return h.Park(ctx, "A", "supervisor", true) },
		"transfer": func() error { return h.Transfer(ctx, "A", desk.Handing{Service: "registration"}) },
	} {
		refused(t, what, act(), desk.NobodyLater)
	}
	refused(t, "open again", h.OpenDay(ctx, "floor"), "")
	refused(t, "hold on an open day", h.Hold(ctx, "A", "nadra"), "")
	refused(t, "back", h.Back(ctx, "desk/A", v), "")
	h.take(t, "A")
	refused(t, "close with carry-over", h.CloseDay(ctx, "floor", "evening", true), "")
	refused(t, "hold over night", h.Hold(ctx, "A", "nadra"), "")
	if p := h.place(t, v); p.State != visit.StateHold {
		t.Errorf("carried over: %s", p.State)
	}
}

// A call over closing time that nobody answers, or that is taken back, ends the visit.
func TestAfterClosingACallEnds(t *testing.T) {
	for _, carry := range []bool{false, true} {
		h, ctx := openHall(t), t.Context()
		absent, unlucky := h.admit(t, "kafaalat"), h.admit(t, "kafaalat")
		for _, d := range []id.Desk{"A", "B"} {
			_, err := h.CallNext(ctx, d)
			refused(t, "call", err, "")
		}
		refused(t, "close", h.CloseDay(ctx, "floor", "evening", carry), "")
		refused(t, "take a call back", h.Undo(ctx, "B"), "")
		want := map[bool]visit.State{false: visit.StateLeft, true: visit.StateWaiting}[carry]
		if p := h.place(t, unlucky); p.State != want {
			t.Errorf("carry %v: whose call was taken back is %s, want %s", carry, p.State, want)
		}
		for range 3 {
			h.file.Clock.Pass(40 * time.Second)
			refused(t, "again", h.Recall(ctx, "A"), "")
		}
		refused(t, "did not come", h.NoShow(ctx, "A"), "")
		if p := h.place(t, absent); p.State != visit.StateLeft {
			t.Errorf("carry %v: who did not come is %s, want left", carry, p.State)
		}
	}
}
