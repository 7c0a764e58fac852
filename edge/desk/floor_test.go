package desk_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/clock"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// catalogue has two services under one letter, one under another, and a desk for each way of sharing them.
func catalogue() desk.Catalogue {
	return desk.Catalogue{
		Services: []desk.Service{
			{Code: "kafaalat", Letter: "K", Room: "1"},
			{Code: "registration", Letter: "K", Room: "2"},
			{Code: "nashonuma", Letter: "N", Room: "3"},
		},
		Desks: []desk.Desk{
			{Code: "A", Room: "1", Serves: []id.Service{"kafaalat", "registration"}},
			{Code: "B", Room: "2", Serves: []id.Service{"registration", "kafaalat"}},
			{Code: "C", Room: "3", Serves: []id.Service{"nashonuma"}},
		},
	}
}

// hall is a floor on a ledger of the test, and a spool that the test plays by hand.
type hall struct {
	*desk.Floor
	file *ledgertest.File
}

func newHall(t ledgertest.TB) *hall {
	t.Helper()
	f := ledgertest.CreateIn(t, ledgertest.Memory(), desk.Books()...)
	return &hall{file: f, Floor: &desk.Floor{Ledger: f.Ledger, Catalogue: catalogue(), Rand: rand.Reader}}
}

func openHall(t *testing.T) *hall {
	t.Helper()
	h := newHall(t)
	t.Cleanup(func() { h.file.Close(t) })
	return h
}

// reboot opens the ledger anew and does what the spool does at its start.
func (h *hall) reboot(t ledgertest.TB) {
	t.Helper()
	h.file.Reboot(t)
	h.Ledger = h.file.Ledger
	h.update(t, paper.Recover)
}

func (h *hall) update(t ledgertest.TB, decide func(*ledger.Tx) error) {
	t.Helper()
	if err := h.Ledger.Update(context.Background(), "spool", decide); err != nil {
		t.Fatalf("record: %v", err)
	}
}

// job is the print job of a visit.
func (h *hall) job(t ledgertest.TB, v id.Visit) (j paper.Job) {
	t.Helper()
	err := h.Ledger.View(context.Background(), func(s ledger.Snapshot) error {
		var ok bool
		if j, ok = paper.For(s, string(v)); !ok {
			return fmt.Errorf("visit %s has no print job", v)
		}
		return nil
	})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return j
}

func (h *hall) start(t ledgertest.TB, v id.Visit) {
	t.Helper()
	job := h.job(t, v)
	h.update(t, func(tx *ledger.Tx) error { _, err := paper.Start(tx, job.ID, "printer/test"); return err })
}

func (h *hall) confirm(t ledgertest.TB, v id.Visit) {
	t.Helper()
	job := h.job(t, v)
	h.update(t, func(tx *ledger.Tx) error { return errors.Join(paper.Confirm(tx, job.ID), h.TicketPrinted(tx, job)) })
}

func (h *hall) fail(t ledgertest.TB, v id.Visit, f paper.Failed) {
	t.Helper()
	f.Job = h.job(t, v).ID
	h.update(t, func(tx *ledger.Tx) error { return paper.Fail(tx, f) })
}

func (h *hall) ask(t ledgertest.TB, services ...id.Service) id.Visit {
	t.Helper()
	v, err := h.Ask(context.Background(), desk.Asking{Actor: "kiosk/1", Services: services, Lang: "ur"})
	if err != nil {
		t.Fatalf("ask for %v: %v", services, err)
	}
	return v
}

// admit asks and prints.
func (h *hall) admit(t ledgertest.TB, services ...id.Service) id.Visit {
	t.Helper()
	v := h.ask(t, services...)
	h.start(t, v)
	h.confirm(t, v)
	return v
}

func (h *hall) slip(t ledgertest.TB, v id.Visit) desk.Slip {
	t.Helper()
	s, err := h.Slip(context.Background(), v)
	if err != nil {
		t.Fatalf("slip of %s: %v", v, err)
	}
	return s
}

func (h *hall) figures(t ledgertest.TB) desk.Figures {
	t.Helper()
	f, err := h.Figures(context.Background())
	if err != nil {
		t.Fatalf("figures: %v", err)
	}
	f.Seq = 0
	return f
}

// refused checks that an error is a refusal with a code and a remedy; an empty code means no error.
func refused(t *testing.T, what string, err error, code string) {
	t.Helper()
	var r *desk.Refusal
	switch {
	case code == "" && err == nil:
	case !errors.As(err, &r) || r.Code != code:
		t.Errorf("%s: got %v, want refusal %q", what, err, code)
	case r.Remedy == "":
		t.Errorf("%s: refusal %s tells nobody what to do", what, code)
	}
}

func TestJourney(t *testing.T) {
	h, ctx := openHall(t), t.Context()
	v := h.ask(t, "kafaalat", "nashonuma")
	s := h.slip(t, v)
	if s.Token != "K001" || s.State != desk.SlipPrinting || s.Day != "2026-11-22" || s.Seq == 0 {
		t.Errorf("slip after asking: %+v", s)
	}
	_, err := h.CallNext(ctx, "A")
	refused(t, "call before the paper is out", err, desk.NobodyWaiting)

	h.start(t, v)
	h.confirm(t, v)
	if s := h.slip(t, v); s.State != desk.SlipInHand || s.Stops[0].State != visit.StateWaiting {
		t.Errorf("slip after the confirmation: %+v", s)
	}
	call, err := h.CallNext(ctx, "A")
	refused(t, "call", err, "")
	if call.Token != "K001" || call.State != visit.StateCalled || call.Stop != 0 {
		t.Errorf("call: %+v", call)
	}
	refused(t, "finish before confirming", h.Finish(ctx, "A", "done", false), desk.NobodyServed)
	refused(t, "confirm", h.Confirm(ctx, "A"), "")
	_, err = h.CallNext(ctx, "A")
	refused(t, "next while serving", err, desk.StillServing)
	refused(t, "no outcome", h.Finish(ctx, "A", "", false), desk.BadOutcome)
	refused(t, "finish", h.Finish(ctx, "A", "done", false), "")

	place, err := h.ByCode(ctx, s.Code)
	refused(t, "phone page", err, "")
	if place.State != visit.StateWaiting || place.Stop != 1 || place.Room != "3" || place.Ahead != 0 {
		t.Errorf("place between the stops: %+v", place)
	}
	_, err = h.CallNext(ctx, "C")
	refused(t, "second call", err, "")
	refused(t, "second confirm", h.Confirm(ctx, "C"), "")
	refused(t, "second finish", h.Finish(ctx, "C", "done", false), "")
	want := desk.Figures{Day: "2026-11-22", Asked: 1, Issued: 1, Done: 1}
	if diff := cmp.Diff(want, h.figures(t)); diff != "" {
		t.Error(diff)
	}
}

func TestAskRefusals(t *testing.T) {
	h := openHall(t)
	tests := []struct {
		name     string
		services []id.Service
		lang     string
		code     string
	}{
		{"nothing", nil, "ur", desk.NoService},
		{"the same twice", []id.Service{"kafaalat", "kafaalat"}, "ur", desk.NoService},
		{"too much", make([]id.Service, visit.StopsMax+1), "ur", desk.NoService},
		{"not offered", []id.Service{"kafaalat", "passport"}, "ur", desk.NoSuchService},
		{"garbage", []id.Service{"<script>"}, "ur", desk.NoSuchService},
		{"language", []id.Service{"kafaalat"}, "xx", desk.NoSuchLanguage},
		{"English", []id.Service{"kafaalat"}, "en", ""},
	}
	for _, tt := range tests {
		_, err := h.Ask(t.Context(), desk.Asking{Actor: "kiosk/1", Services: tt.services, Lang: tt.lang})
		refused(t, tt.name, err, tt.code)
	}
	if got := h.figures(t).Asked; got != 1 {
		t.Errorf("%d numbers given, want 1: a refusal records nothing", got)
	}
}

func TestUnknown(t *testing.T) {
	h, ctx := openHall(t), t.Context()
	_, err := h.Slip(ctx, "AAAAAAAAAAAAAAAA")
	refused(t, "slip", err, desk.NoSuchVisit)
	_, err = h.ByCode(ctx, "../../etc/passwd")
	refused(t, "code", err, desk.NoSuchVisit)
	_, err = h.CallNext(ctx, "Z")
	refused(t, "desk", err, desk.NoSuchDesk)
	_, err = h.DeskBoard(ctx, "Z")
	refused(t, "board", err, desk.NoSuchDesk)
	refused(t, "leave", h.Leave(ctx, "desk/A", "AAAAAAAAAAAAAAAA", "went-home"), desk.NoSuchVisit)
	refused(t, "reason", h.Leave(ctx, "desk/A", "AAAAAAAAAAAAAAAA", "Went home!"), desk.BadReason)
	refused(t, "print", h.PrintAgain(ctx, "kiosk/1", "AAAAAAAAAAAAAAAA"), desk.NoSuchVisit)
}

func TestPatience(t *testing.T) {
	h, ctx := openHall(t), t.Context()
	h.admit(t, "kafaalat")
	refused(t, "recall of nobody", h.Recall(ctx, "A"), desk.NobodyCalled)
	if _, err := h.CallNext(ctx, "A"); err != nil {
		t.Fatal(err)
	}
	refused(t, "no-show at once", h.NoShow(ctx, "A"), desk.NoShowSoon)
	for range 3 {
		refused(t, "recall at once", h.Recall(ctx, "A"), desk.RecallSoon)
		h.file.Clock.Jump(time.Hour) // the wall clock proves nothing
		refused(t, "recall after a jump", h.Recall(ctx, "A"), desk.RecallSoon)
		h.file.Clock.Pass(10 * time.Second)
		refused(t, "recall", h.Recall(ctx, "A"), "")
	}
	refused(t, "no-show after 30 s", h.NoShow(ctx, "A"), desk.NoShowSoon)
	h.reboot(t)
	refused(t, "no-show after a restart", h.NoShow(ctx, "A"), desk.NoShowSoon)
	h.file.Clock.Pass(90 * time.Second)
	board, err := h.HallBoard(ctx)
	if err != nil || len(board.Calls) != 1 || board.Calls[0].Recalls != 3 {
		t.Errorf("hall board: %+v, %v; want one call, recalled three times", board, err)
	}
	refused(t, "no-show", h.NoShow(ctx, "A"), "")
	_, err = h.CallNext(ctx, "A")
	refused(t, "next", err, desk.NobodyWaiting)
}

func TestPaper(t *testing.T) {
	h, ctx := openHall(t), t.Context()
	v := h.ask(t, "kafaalat")
	refused(t, "ask again while queued", h.PrintAgain(ctx, "kiosk/1", v), "")
	h.start(t, v)
	h.fail(t, v, paper.Failed{Reason: paper.ReasonPaperOut, Certain: true})
	if s := h.slip(t, v); s.State != desk.SlipHeld || s.Reason != paper.ReasonPaperOut {
		t.Errorf("slip when the paper is out: %+v", s)
	}
	for range 5 { // however many press
		refused(t, "print my number", h.PrintAgain(ctx, "kiosk/1", v), "")
	}
	h.start(t, v)
	h.fail(t, v, paper.Failed{Reason: paper.ReasonFault})
	if s := h.slip(t, v); s.State != desk.SlipUncertain {
		t.Errorf("slip when it may be out: %+v", s)
	}
	refused(t, "reprint", h.PrintAgain(ctx, "kiosk/1", v), "")
	h.start(t, v)
	if s := h.slip(t, v); !s.Reprint {
		t.Error("the second copy does not say that it is a reprint")
	}
	h.confirm(t, v)
	refused(t, "print what is in hand", h.PrintAgain(ctx, "kiosk/1", v), desk.PrintedAlready)
	refused(t, "reprint on purpose", h.Reprint(ctx, "desk/A", v), "")
	h.start(t, v)
	h.confirm(t, v)
	if got := h.figures(t); got.Waiting != 1 || got.Issued != 1 {
		t.Errorf("after a reprint: %+v, want one waiting", got)
	}
	refused(t, "leave", h.Leave(ctx, "desk/A", v, "went-home"), "")
	refused(t, "reprint after leaving", h.Reprint(ctx, "desk/A", v), desk.VisitOver)
}

// Paper that comes out after its owner has left puts nobody in line.
func TestLeaveWhilePrinting(t *testing.T) {
	h := openHall(t)
	v := h.ask(t, "kafaalat")
	h.start(t, v)
	refused(t, "leave", h.Leave(t.Context(), "kiosk/1", v, "went-home"), "")
	h.confirm(t, v)
	want := desk.Figures{Day: "2026-11-22", Asked: 1, Left: 1}
	if diff := cmp.Diff(want, h.figures(t)); diff != "" {
		t.Error(diff)
	}
}

func TestNumbersUsedUp(t *testing.T) {
	h := openHall(t)
	var wg sync.WaitGroup
	for range id.TokenNumberMax {
		wg.Go(func() { h.ask(t, "kafaalat") })
	}
	wg.Wait()
	_, err := h.Ask(t.Context(), desk.Asking{Actor: "kiosk/1", Services: []id.Service{"registration"}, Lang: "ur"})
	refused(t, "the 1000th of a letter", err, desk.NumbersUsedUp)
	if s := h.slip(t, h.ask(t, "nashonuma")); s.Token != "N001" {
		t.Errorf("another letter got %s, want N001", s.Token)
	}
	h.file.Clock.Pass(24 * time.Hour)
	if s := h.slip(t, h.ask(t, "kafaalat")); s.Token != "K001" {
		t.Errorf("the next day began with %s, want K001", s.Token)
	}
	want := desk.Figures{Day: "2026-11-23", Asked: 1, NotInHand: 1, Printing: 1}
	if diff := cmp.Diff(want, h.figures(t)); diff != "" {
		t.Error("what the day before left behind was not settled:", diff)
	}
}

func TestBusinessDay(t *testing.T) {
	h := openHall(t)
	day := func(what, want string) {
		t.Helper()
		if s := h.slip(t, h.ask(t, "kafaalat")); s.Day != want {
			t.Errorf("%s: day %s, want %s", what, s.Day, want)
		}
	}
	day("first", "2026-11-22")
	h.file.Clock.Jump(-30 * time.Hour)
	day("clock jumped back", "2026-11-22")
	h.file.Clock.Jump(30 * time.Hour)
	h.file.Clock.Jump(90 * 24 * time.Hour)
	day("clock ran ahead", "2027-02-20")
	h.file.Clock.Jump(-90 * 24 * time.Hour)
	day("clock came back", "2027-02-20")
	tell(t, h, h.file.Clock.Wall())
	day("told that it is a day that was open before", "2027-02-20")
	tell(t, h, h.file.Clock.Wall().Add(24*time.Hour))
	day("told that it is a day that never was", "2026-11-23")
}

// A box that is switched on with an empty battery stays in the day it was in until somebody tells the time.
func TestBusinessDayAfterBoot(t *testing.T) {
	h := openHall(t)
	day := func(what, want string) {
		t.Helper()
		if s := h.slip(t, h.ask(t, "kafaalat")); s.Day != want {
			t.Errorf("%s: day %s, want %s", what, s.Day, want)
		}
	}
	day("first", "2026-11-22")
	h.file.Clock.Jump(-30 * time.Hour)
	h.reboot(t)
	h.file.Clock.Pass(48 * time.Hour)
	day("clock of no trust", "2026-11-22")
	tell(t, h, h.file.Clock.Wall().Add(72*time.Hour))
	day("told the time", "2026-11-26")
}

func tell(t *testing.T, h *hall, now time.Time) {
	t.Helper()
	if err := h.Ledger.Tell(t.Context(), "box", now, clock.Network); err != nil {
		t.Fatal(err)
	}
}

// Two hundred people at four kiosks at once: every number once, none left out.
func TestManyAtOnce(t *testing.T) {
	h := openHall(t)
	const people = 200
	visits := make([]id.Visit, people)
	var wg sync.WaitGroup
	for i := range people {
		wg.Go(func() {
			v, err := h.Ask(t.Context(), desk.Asking{Actor: fmt.Sprintf("kiosk/%d", i%4), Services: []id.Service{"kafaalat"}, Lang: "ur"})
			if err != nil {
				t.Error(err)
			}
			visits[i] = v
		})
	}
	wg.Wait()
	got := map[id.Token]bool{}
	for _, v := range visits {
		got[h.slip(t, v).Token] = true
	}
	for n := 1; n <= people; n++ {
		if token := id.NewToken('K', n); !got[token] {
			t.Errorf("nobody got %s", token)
		}
	}
}

// Two desks that serve one line and press together call two people.
func TestTwoDesksAtOnce(t *testing.T) {
	h := openHall(t)
	h.admit(t, "kafaalat")
	h.admit(t, "kafaalat")
	calls := make([]*desk.Call, 2)
	var wg sync.WaitGroup
	for i, d := range []id.Desk{"A", "B"} {
		wg.Go(func() {
			var err error
			if calls[i], err = h.CallNext(t.Context(), d); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if calls[0].Visit == calls[1].Visit {
		t.Errorf("both desks called %s", calls[0].Token)
	}
}

func TestStopped(t *testing.T) {
	h := openHall(t)
	v := h.ask(t, "kafaalat")
	l := h.Ledger
	h.file.Stop(t)
	h.Ledger = l
	_, err := h.Ask(t.Context(), desk.Asking{Actor: "kiosk/1", Services: []id.Service{"kafaalat"}, Lang: "ur"})
	refused(t, "ask of a stopped box", err, desk.BoxStopped)
	h.file.Start(t)
	h.Ledger = h.file.Ledger
	if s := h.slip(t, v); s.Token != "K001" {
		t.Errorf("after the restart: %+v", s)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = h.Ask(ctx, desk.Asking{Actor: "kiosk/1", Services: []id.Service{"kafaalat"}, Lang: "ur"})
	refused(t, "ask of an impatient page", err, desk.BoxBusy)
}

func TestCatalogueCheck(t *testing.T) {
	if err := catalogue().Check(); err != nil {
		t.Error(err)
	}
	tests := []struct {
		name  string
		spoil func(*desk.Catalogue)
	}{
		{"empty", func(c *desk.Catalogue) { *c = desk.Catalogue{} }},
		{"letter O", func(c *desk.Catalogue) { c.Services[0].Letter = "O" }},
		{"two letters", func(c *desk.Catalogue) { c.Services[0].Letter = "KA" }},
		{"service twice", func(c *desk.Catalogue) { c.Services[1].Code = "kafaalat" }},
		{"service without a desk", func(c *desk.Catalogue) { c.Desks = c.Desks[:2] }},
		{"desk twice", func(c *desk.Catalogue) { c.Desks[1].Code = "A" }},
		{"desk of lower case", func(c *desk.Catalogue) { c.Desks[0].Code = "a" }},
		{"desk of an unknown service", func(c *desk.Catalogue) { c.Desks[0].Serves[0] = "passport" }},
	}
	for _, tt := range tests {
		c := catalogue()
		if tt.spoil(&c); c.Check() == nil {
			t.Errorf("%s: accepted", tt.name)
		}
	}
}

// TestTodayIsTheCentres: the day turns at midnight in Karachi, not in Greenwich.
func TestTodayIsTheCentres(t *testing.T) {
	h := openHall(t)
	h.file.Clock.Jump(16 * time.Hour)
	if got := h.Today().Format(time.DateOnly); got != "2026-11-23" {
		t.Errorf("it is %s", got)
	}
}
