// Package desktest is a floor on a ledger of the test with a desk that serves somebody, for tests of the tools that stand on
// a floor. The spool is played by hand, the clock stands still until it is told to pass.
package desktest

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"testing"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
)

// Hall is a floor of the test.
type Hall struct {
	*desk.Floor
	File *ledgertest.File
	t    testing.TB
}

// Open makes a floor that ends, and whose ledger is verified, with the test. Books are those of the tools.
func Open(t testing.TB, offers desk.Catalogue, books ...ledger.Book) *Hall {
	t.Helper()
	if err := offers.Check(); err != nil {
		t.Fatal(err)
	}
	f := ledgertest.CreateIn(t, ledgertest.Memory(), slices.Concat(desk.Books(), books)...)
	t.Cleanup(func() { f.Close(t) })
	return &Hall{Floor: &desk.Floor{Ledger: f.Ledger, Catalogue: offers, Rand: rand.Reader}, File: f, t: t}
}

// Serve brings a new visit to a desk that serves it.
func (h *Hall) Serve(d id.Desk, services ...id.Service) id.Visit {
	h.t.Helper()
	ctx := context.Background()
	v, err := h.Ask(ctx, desk.Asking{Actor: "kiosk/1", Services: services, Lang: "ur"})
	Refused(h.t, "ask", err, "")
	h.Print(string(v))
	h.Take(d)
	return v
}

// Print brings the paper about a subject out of the printer.
func (h *Hall) Print(subject string) {
	h.t.Helper()
	job := h.Job(subject)
	for _, step := range []func(*ledger.Tx) error{
		func(tx *ledger.Tx) error { _, err := paper.Start(tx, job.ID, "printer/test"); return err },
		func(tx *ledger.Tx) error { return errors.Join(paper.Confirm(tx, job.ID), h.TicketPrinted(tx, job)) },
	} {
		Refused(h.t, "print", h.Ledger.Update(context.Background(), "spool", step), "")
	}
}

// Take calls the next at a desk, who comes.
func (h *Hall) Take(d id.Desk) {
	h.t.Helper()
	_, err := h.CallNext(context.Background(), d)
	Refused(h.t, "call at "+string(d), err, "")
	Refused(h.t, "confirm at "+string(d), h.Confirm(context.Background(), d), "")
}

// Job is the newest print job about a subject.
func (h *Hall) Job(subject string) (j paper.Job) {
	h.t.Helper()
	h.View(func(s ledger.Snapshot) {
		var ok bool
		if j, ok = paper.For(s, subject); !ok {
			h.t.Fatalf("no paper for %s", subject)
		}
	})
	return j
}

// View looks into the ledger.
func (h *Hall) View(at func(ledger.Snapshot)) {
	h.t.Helper()
	if err := h.Ledger.View(context.Background(), func(s ledger.Snapshot) error { at(s); return nil }); err != nil {
		h.t.Fatal(err)
	}
}

// Refused checks that an error is a refusal with a code and a remedy; an empty code means no error.
func Refused(t testing.TB, what string, err error, code string) {
	t.Helper()
	r, ok := errors.AsType[*desk.Refusal](err)
	switch {
	case code == "" && err != nil:
		t.Fatalf("%s: %v", what, err)
	case code == "":
	case !ok || r.Code != code || r.Remedy == "":
		t.Errorf("%s: %v, want refusal %s", what, err, code)
	}
}
