package desk_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
)

// The report counts what the figures of the floor count, and the paper book's visits in it.
func TestReportAgreesWithFigures(t *testing.T) {
	h := openHall(t)
	ctx := t.Context()
	services := h.Catalogue.Services
	if err := h.SetPaperBook(ctx, "floor", true); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Ask(ctx, desk.Asking{Actor: "kiosk/1", Services: []id.Service{services[0].Code}, Lang: "ur"}); !errors.Is(err, &desk.Refusal{Code: desk.BookIsOpen}) {
		t.Errorf("a number while they are written by hand: %v", err)
	}
	now := h.Today()
	for i, served := range [][]time.Time{{now.Add(-10 * time.Minute)}, nil} {
		e := desk.Entry{Token: id.NewToken(services[0].Letter[0], 901+i), Services: []id.Service{services[0].Code}, Lang: "ur", Came: now.Add(-40 * time.Minute), Served: served}
		for range served {
			e.Outcomes = append(e.Outcomes, "done")
		}
		if _, err := h.Enter(ctx, "floor", e); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.SetPaperBook(ctx, "floor", false); err != nil {
		t.Fatal(err)
	}
	f, err := h.Figures(ctx)
	if err != nil {
		t.Fatal(err)
	}
	r, err := h.Report(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	c := r.Counts
	if c.Asked != f.Asked || c.Issued != f.Issued || c.Done != f.Done || c.Written != 2 || c.Standing != f.Waiting {
		t.Errorf("the report counts %+v, the floor %+v", c, f)
	}
	if len(r.Marks) != 1 || r.Marks[0] != desk.MarkPaperBook || r.Visit.P50Ms != (30*time.Minute).Milliseconds() {
		t.Errorf("marks %v, visit time %+v", r.Marks, r.Visit)
	}
	if _, err := h.Report(ctx, "2020-01-01"); !errors.Is(err, &desk.Refusal{Code: desk.NoDay}) {
		t.Errorf("a day that never was: %v", err)
	}
}

// A day is marked once for what befell it, while it is open, and keeps the mark.
func TestMarkDay(t *testing.T) {
	h := openHall(t)
	ctx := t.Context()
	mark := func() {
		t.Helper()
		refused(t, "mark", h.MarkDay(ctx, desk.MarkLink), "")
	}
	mark() // no day is open: nothing to mark
	h.tell(t, time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC))
	h.admit(t, "kafaalat")
	before := h.Ledger.Acknowledged().Seq
	mark()
	mark()
	if got := h.Ledger.Acknowledged().Seq - before; got != 1 {
		t.Errorf("%d records of one mark", got)
	}
	refused(t, "close", h.CloseDay(ctx, "floor", "evening", false), "")
	h.tell(t, time.Date(2026, 11, 24, 4, 0, 0, 0, time.UTC))
	h.admit(t, "kafaalat")
	for day, want := range map[string][]string{"2026-11-23": {desk.MarkLink}, "2026-11-24": nil} {
		if r, err := h.Report(ctx, day); err != nil || !slices.Equal(r.Marks, want) {
			t.Errorf("%s is marked %v, %v; want %v", day, r.Marks, err, want)
		}
	}
	refused(t, "close the second", h.CloseDay(ctx, "floor", "evening", false), "")
	mark()
	if r, err := h.Report(ctx, "2026-11-24"); err != nil || len(r.Marks) != 0 {
		t.Errorf("a closed day is marked %v, %v", r.Marks, err)
	}
}

// A past day keeps how long its desks were open: pauses, the night and the next day's doings are not in it.
func TestReportOfAPastDay(t *testing.T) {
	h := openHall(t)
	ctx := t.Context()
	const minute = int64(60_000)
	set := func(d id.Desk, s visit.DeskState, reason string) {
		t.Helper()
		refused(t, "set "+string(d), h.SetDesk(ctx, "floor", d, s, reason), "")
	}
	h.tell(t, time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)) // 09:00 at the centre
	h.admit(t, "kafaalat")                                   // opens the day
	h.serveFor(t, "A", 30*time.Minute)
	set("A", visit.DeskPaused, "prayer")
	h.file.Clock.Pass(20 * time.Minute)
	set("A", visit.DeskOpen, "")
	h.admit(t, "kafaalat")
	h.serveFor(t, "A", 10*time.Minute) // the last visit; the desks stay as they are overnight
	h.file.Clock.Pass(3 * time.Hour)
	set("C", visit.DeskPaused, "lunch") // behind the last visit: open all day
	first := h.report(t, "2026-11-23")
	h.tell(t, time.Date(2026, 11, 24, 4, 0, 0, 0, time.UTC))
	h.admit(t, "registration")
	h.file.Clock.Pass(15 * time.Minute)
	past, today := h.report(t, "2026-11-23"), h.report(t, "")
	for _, tt := range []struct {
		name string
		got  map[string]int64
		want map[string]int64
	}{
		{"while it was the present day", first, map[string]int64{"A": 220 * minute, "B": 240 * minute, "C": 240 * minute}},
		{"the day after", past, map[string]int64{"A": 40 * minute, "C": 60 * minute}}, // nobody set B, and it called nobody
		{"the next day", today, map[string]int64{"A": 15 * minute, "B": 15 * minute, "C": 0}},
	} {
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

// report is how long each desk was open on a day, by its report.
func (h *hall) report(t *testing.T, day string) map[string]int64 {
	t.Helper()
	r, err := h.Report(t.Context(), day)
	if err != nil {
		t.Fatal(err)
	}
	open := map[string]int64{}
	for _, d := range r.Desks {
		open[d.Key] = d.Figures.OpenMs
	}
	return open
}

// A box that is off overnight marks no day, though it settles what the day left behind after it came up; one that goes down
// among visits does.
func TestNightIsNoRestart(t *testing.T) {
	h := openHall(t)
	marks := func(day string) []string {
		t.Helper()
		r, err := h.Report(t.Context(), day)
		if err != nil {
			t.Fatal(err)
		}
		return r.Marks
	}
	h.tell(t, time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC))
	h.admit(t, "kafaalat") // left behind
	h.reboot(t)
	h.tell(t, time.Date(2026, 11, 24, 4, 0, 0, 0, time.UTC))
	h.admit(t, "kafaalat")
	if got := marks("2026-11-23"); len(got) != 0 {
		t.Errorf("a night: %v", got)
	}
	h.reboot(t)
	h.admit(t, "kafaalat")
	if got := marks("2026-11-24"); !slices.Equal(got, []string{desk.MarkRestart}) {
		t.Errorf("a restart among visits: %v", got)
	}
}
