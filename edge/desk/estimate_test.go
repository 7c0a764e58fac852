package desk_test

import (
	"fmt"
	"testing"
	"time"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/queue"
	"markaz.example/edge/report"
)

// estimating is a hall that promises waits and has served so many for kafaalat, four minutes each.
func estimating(t *testing.T, served int) *hall {
	t.Helper()
	h := openHall(t)
	h.Estimate = h.Expect
	for range served {
		h.admit(t, "kafaalat")
	}
	for range served {
		h.serveFor(t, "A", 4*time.Minute)
	}
	return h
}

func (h *hall) serveFor(t *testing.T, d id.Desk, lasts time.Duration) {
	t.Helper()
	h.take(t, d)
	h.file.Clock.Pass(lasts)
	refused(t, "finish", h.Finish(t.Context(), d, "done", false), "")
}

func TestPromise(t *testing.T) {
	h := estimating(t, 12)
	var last id.Visit
	for range 12 {
		last = h.admit(t, "kafaalat")
	}
	// Two desks that take four minutes each, eleven before them: some twenty-two minutes.
	p := h.place(t, last)
	if p.LowMin > 22 || p.LowMin < 5 || p.HighMin < 22 || p.HighMin > 40 {
		t.Errorf("promised %d to %d minutes", p.LowMin, p.HighMin)
	}
	refused(t, "close", h.SetDesk(t.Context(), "floor", "B", visit.DeskClosed, "staff"), "")
	if one := h.place(t, h.admit(t, "kafaalat")); one.LowMin <= p.LowMin || one.HighMin <= p.HighMin {
		t.Errorf("with one desk %d to %d minutes, with two %d to %d", one.LowMin, one.HighMin, p.LowMin, p.HighMin)
	}
	if again := h.place(t, last); again.LowMin != p.LowMin || again.HighMin != p.HighMin {
		t.Errorf("what was promised became %d to %d", again.LowMin, again.HighMin)
	}
}

func TestNoPromise(t *testing.T) {
	closed := func(h *hall) {
		for _, d := range []id.Desk{"A", "B"} {
			refused(t, "close", h.SetDesk(t.Context(), "floor", d, visit.DeskClosed, "evening"), "")
		}
	}
	tests := []struct {
		name    string
		served  int
		prepare func(*hall)
		want    bool
	}{
		{"known", 12, func(*hall) {}, true},
		{"every desk closed", 12, closed, false},
		{"nothing known", 3, func(*hall) {}, false},
		{"a target", 3, func(h *hall) { h.Catalogue.Services[0].Target = 5 * time.Minute }, true},
		{"no hook", 12, func(h *hall) { h.Estimate = nil }, false},
		{"one pauses", 12, func(h *hall) {
			refused(t, "pause", h.SetDesk(t.Context(), "floor", "A", visit.DeskPaused, "tea"), "")
		}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := estimating(t, tt.served)
			tt.prepare(h)
			p := h.place(t, h.admit(t, "kafaalat"))
			if got := p.HighMin != 0; got != tt.want {
				t.Errorf("promised %d to %d minutes; want a promise: %t", p.LowMin, p.HighMin, tt.want)
			}
		})
	}
}

// A box that was restarted says what it would have said.
func TestPromiseAfterRestart(t *testing.T) {
	h := estimating(t, 12)
	for range 20 {
		h.admit(t, "kafaalat")
	}
	h.take(t, "A")
	ask := func(nowMs int64) (out string, now int64) {
		err := h.Ledger.View(t.Context(), func(s ledger.Snapshot) error {
			if now = nowMs; now == 0 {
				now = visit.AxisOf(s, h.Ledger.Clock().Now())
			}
			w := queue.Waiter{Service: "kafaalat", Class: queue.Elder, SinceMs: now, SeniorityMs: now, Number: 1 << 40}
			low, high, ok := h.Expect(s, w, now)
			out = fmt.Sprint(low, high, ok)
			return nil
		})
		refused(t, "look", err, "")
		return out, now
	}
	before, now := ask(0)
	h.reboot(t)
	if after, _ := ask(now); after != before {
		t.Errorf("before the restart %s, after it %s", before, after)
	}
}

func TestPromises(t *testing.T) {
	h := estimating(t, 12)
	h.Estimate = func(ledger.Source, queue.Waiter, int64) (int, int, bool) { return 5, 10, true }
	for range 5 {
		h.admit(t, "kafaalat")
	}
	for range 4 { // called after 0, 4, 8 and 12 minutes
		h.serveFor(t, "A", 4*time.Minute)
	}
	r, err := h.Report(t.Context(), "")
	refused(t, "report", err, "")
	if got := r.All.Promise; got != (report.Share{Of: 1, All: 4}) {
		t.Errorf("%d of %d promises were kept, want 1 of 4", got.Of, got.All)
	}
}

// Asking where one is costs little however many ask at once: the line is read once for each state.
func BenchmarkPlace(b *testing.B) {
	h, code := crowded(b)
	for b.Loop() {
		if _, err := h.ByCode(b.Context(), code); err != nil {
			b.Fatal(err)
		}
	}
}

// A promise for the sixty-first of a line at two desks, with all that is read for it.
func BenchmarkExpect(b *testing.B) {
	h, _ := crowded(b)
	err := h.Ledger.View(b.Context(), func(s ledger.Snapshot) error {
		now := visit.AxisOf(s, h.Ledger.Clock().Now())
		w := queue.Waiter{Service: "kafaalat", Class: queue.Normal, SinceMs: now, SeniorityMs: now, Number: 1 << 40}
		for b.Loop() {
			h.Expect(s, w, now)
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// crowded is a hall in which sixty wait, of every class.
func crowded(b *testing.B) (*hall, id.Code) {
	h := newHall(b)
	b.Cleanup(func() { h.file.Close(b) })
	h.Catalogue.Services[0].Target = 5 * time.Minute
	classes := []string{"", "", "elder", "", "infant"}
	var v id.Visit
	for i := range 60 {
		v = h.ask(b, "kafaalat")
		if class := classes[i%len(classes)]; class != "" {
			if err := h.SetClass(b.Context(), "door", v, class, "seen"); err != nil {
				b.Fatal(err)
			}
		}
		h.start(b, v)
		h.confirm(b, v)
		h.file.Clock.Pass(time.Minute)
	}
	return h, h.slip(b, v).Code
}
