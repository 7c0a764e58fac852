package desk_test

import (
	"errors"
	"testing"
	"time"

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
