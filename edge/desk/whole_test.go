package desk_test

import (
	"testing"
	"time"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/queue"
)

// take calls the next at a desk and confirms.
func (h *hall) take(t *testing.T, d id.Desk) *desk.Call {
	t.Helper()
	c, err := h.CallNext(t.Context(), d)
	refused(t, "call at "+string(d), err, "")
	refused(t, "confirm at "+string(d), h.Confirm(t.Context(), d), "")
	return c
}

func (h *hall) place(t *testing.T, v id.Visit) desk.Place {
	t.Helper()
	p, err := h.ByCode(t.Context(), h.slip(t, v).Code)
	refused(t, "where am I", err, "")
	return p
}

// A journey adds a stop when a mark or an outcome says so, before what was planned.
func TestConditionalJourney(t *testing.T) {
	h, ctx := openHall(t), t.Context()
	h.Catalogue.Journeys = []desk.Journey{{
		Code: "mother", Stops: []id.Service{"kafaalat", "nashonuma"},
		Rules: []desk.Rule{{After: "kafaalat", Outcome: "referred", Add: "registration"}},
	}}
	if err := h.Catalogue.Check(); err != nil {
		t.Fatal(err)
	}
	v, err := h.Ask(ctx, desk.Asking{Actor: "kiosk/1", Journey: "mother", Lang: "ur", Persons: 3})
	refused(t, "ask for a journey", err, "")
	h.start(t, v)
	h.confirm(t, v)
	h.take(t, "A")
	refused(t, "finish", h.Finish(ctx, "A", "referred", false), "")
	p := h.place(t, v)
	if len(p.Stops) != 3 || p.Stops[p.Stop].Service.Code != "registration" || p.Persons != 3 {
		t.Errorf("after the referral: %+v", p)
	}
	refused(t, "undo", h.Undo(ctx, "A"), "")
	if p := h.place(t, v); len(p.Stops) != 2 || p.State != visit.StateServing {
		t.Errorf("after taking it back: %+v", p)
	}
}

func TestTransferIsForOneDesk(t *testing.T) {
	h, ctx := openHall(t), t.Context()
	v := h.admit(t, "registration")
	h.take(t, "A")
	refused(t, "to a desk that does not do it", h.Transfer(ctx, "A", desk.Handing{Service: "nashonuma", Desk: "B"}), desk.NotItsService)
	refused(t, "transfer", h.Transfer(ctx, "A", desk.Handing{Service: "kafaalat", Desk: "B", Note: "urgent"}), "")
	_, err := h.CallNext(ctx, "A")
	refused(t, "call at another desk", err, desk.NobodyWaiting)
	if c := h.take(t, "B"); c.Visit != v || c.Note != "urgent" {
		t.Errorf("desk B has %+v", c)
	}
}

// Who is carried over keeps number and place: they come before all of the next day, whose numbering passes them over.
func TestCarriedOver(t *testing.T) {
	h, ctx := openHall(t), t.Context()
	old := h.admit(t, "kafaalat")
	refused(t, "close", h.CloseDay(ctx, "floor", "evening", true), "")
	_, err := h.Ask(ctx, desk.Asking{Actor: "kiosk/1", Services: []id.Service{"kafaalat"}, Lang: "ur"})
	refused(t, "ask after closing", err, desk.DayOver)
	_, err = h.CallNext(ctx, "A")
	refused(t, "call after closing", err, desk.DayOver)
	h.file.Clock.Pass(20 * time.Hour)
	fresh := h.admit(t, "kafaalat")
	if s := h.slip(t, fresh); s.Token != "K002" {
		t.Errorf("the first of the next day has %s, want K002: somebody holds K001", s.Token)
	}
	if c := h.take(t, "A"); c.Visit != old || c.Carried != "2026-11-22" {
		t.Errorf("first in the morning: %+v", c)
	}
	if f := h.figures(t); f.Asked != 2 || f.Serving != 1 || f.Waiting != 1 {
		t.Errorf("figures of the morning: %+v", f)
	}
}

func TestClosedDaySettles(t *testing.T) {
	h, ctx := openHall(t), t.Context()
	h.admit(t, "kafaalat", "nashonuma")
	h.take(t, "A")
	h.admit(t, "kafaalat")
	refused(t, "close", h.CloseDay(ctx, "floor", "evening", false), "")
	refused(t, "finish", h.Finish(ctx, "A", "done", false), "")
	if f := h.figures(t); f.Left != 2 || f.Asked != 2 {
		t.Errorf("after closing: %+v, want nobody left over", f)
	}
	refused(t, "open again", h.OpenDay(ctx, "floor"), "")
	h.ask(t, "kafaalat")
}

func TestPaperBook(t *testing.T) {
	h, ctx := openHall(t), t.Context()
	h.admit(t, "kafaalat")
	came := h.file.Clock.Wall().Add(-time.Hour)
	entry := desk.Entry{Token: "K002", Services: []id.Service{"kafaalat"}, Lang: "ur", Came: came}
	v, err := h.Enter(ctx, "floor", entry)
	refused(t, "enter who waits", err, "")
	_, err = h.Enter(ctx, "floor", entry)
	refused(t, "enter twice", err, desk.NumberHeld)
	entry.Token, entry.Served, entry.Outcomes = "K005", []time.Time{came.Add(time.Minute)}, []string{"done"}
	_, err = h.Enter(ctx, "floor", entry)
	refused(t, "enter who was served", err, "")
	if c := h.take(t, "A"); c.Visit != v {
		t.Errorf("called %s, want K002, who came an hour ago", c.Token)
	}
	if s := h.slip(t, h.ask(t, "kafaalat")); s.Token != "K003" {
		t.Errorf("the next number is %s, want K003: K002 is held", s.Token)
	}
	if f := h.figures(t); f.Done != 1 || f.Asked != 4 {
		t.Errorf("figures: %+v", f)
	}
}

func TestSplitAndRenew(t *testing.T) {
	h, ctx := openHall(t), t.Context()
	v, err := h.Ask(ctx, desk.Asking{Actor: "kiosk/1", Services: []id.Service{"kafaalat"}, Lang: "ur", Persons: 2})
	refused(t, "ask", err, "")
	_, err = h.Split(ctx, "floor", v, 2, []id.Service{"nashonuma"})
	refused(t, "split of all", err, desk.BadFamily)
	child, err := h.Split(ctx, "floor", v, 1, []id.Service{"nashonuma"})
	refused(t, "split", err, "")
	if s := h.slip(t, child); s.From != v || s.Token != "N001" || h.slip(t, v).Persons != 1 {
		t.Errorf("the split: %+v", s)
	}
	lost := h.slip(t, v).Code
	refused(t, "renew", h.Renew(ctx, "floor", v), "")
	_, err = h.ByCode(ctx, lost)
	refused(t, "the old code", err, desk.NoSuchVisit)
	if p, err := h.ByToken(ctx, "K001"); err != nil || p.Visit != v {
		t.Errorf("by number: %+v, %v", p, err)
	}
}

func TestDesksLinesAndHall(t *testing.T) {
	h, ctx := openHall(t), t.Context()
	h.admit(t, "kafaalat")
	refused(t, "pause for nothing", h.SetDesk(ctx, "desk/A", "A", visit.DeskPaused, ""), desk.BadReason)
	refused(t, "pause", h.SetDesk(ctx, "desk/A", "A", visit.DeskPaused, "prayer"), "")
	_, err := h.CallNext(ctx, "A")
	refused(t, "call while paused", err, desk.DeskNotOpen)
	refused(t, "close the line", h.CloseLine(ctx, "floor", "kafaalat", "full"), "")
	_, err = h.Ask(ctx, desk.Asking{Actor: "kiosk/1", Services: []id.Service{"kafaalat"}, Lang: "ur"})
	refused(t, "ask at a closed line", err, desk.LineClosed)
	refused(t, "announce", h.Announce(ctx, "floor", "نماز کا وقفہ", "", time.Minute), "")
	if b, err := h.HallBoard(ctx); err != nil || len(b.Announced) != 1 || !b.Lines[0].Closed || b.Lines[0].Desks != 1 {
		t.Errorf("hall: %+v, %v", b, err)
	}
	h.file.Clock.Pass(time.Minute)
	if b, _ := h.HallBoard(ctx); len(b.Announced) != 0 {
		t.Errorf("announced for longer than said: %+v", b.Announced)
	}
}

// At the floor, too, nobody waits past the ceiling while somebody but an emergency is called before them. The control is a
// floor without the brake, where elders go on passing.
func TestNobodyStarvesOnTheFloor(t *testing.T) {
	for name, brake := range map[string]bool{"with the brake": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			h, ctx := openHall(t), t.Context()
			h.Rules = queue.DefaultRules()
			if !brake {
				h.Rules.CeilingMs = 0
			}
			normal := h.admit(t, "kafaalat")
			passed := 0
			for range 30 {
				v := h.admit(t, "kafaalat")
				refused(t, "class", h.SetClass(ctx, "door", v, "disability", "seen"), "")
				h.file.Clock.Pass(5 * time.Minute)
				v2 := h.admit(t, "kafaalat")
				refused(t, "class", h.SetClass(ctx, "door", v2, "infant", "seen"), "")
				if h.take(t, "A").Visit == normal {
					break
				}
				passed++
				refused(t, "finish", h.Finish(ctx, "A", "done", false), "")
			}
			if starved := passed == 30; starved == brake {
				t.Errorf("%d passed somebody who came first, brake %t", passed, brake)
			}
		})
	}
}
