package paper_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
)

const (
	job     = id.Job("JJJJJJJJJJJJJJJJ")
	subject = "VVVVVVVVVVVVVVVV"
)

func open(t *testing.T) *ledgertest.File {
	t.Helper()
	f := ledgertest.Create(t, paper.Book())
	t.Cleanup(func() { f.Close(t) })
	return f
}

func must(t *testing.T, f *ledgertest.File, decide func(*ledger.Tx) error) {
	t.Helper()
	if err := f.Update(context.Background(), "test", decide); err != nil {
		t.Fatal(err)
	}
}

// look reads the job and what the indexes say.
func look(t *testing.T, f *ledgertest.File) (j paper.Job, waiting, held int, c paper.Counts) {
	t.Helper()
	err := f.View(context.Background(), func(s ledger.Snapshot) error {
		j, _ = paper.For(s, subject)
		waiting, held, c = len(paper.Waiting(s, 10)), len(paper.Held(s, 10)), paper.Count(s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return j, waiting, held, c
}

func queue(tx *ledger.Tx) error {
	return paper.Queue(tx, subject, paper.Queued{Job: job, Form: "token"})
}
func start(tx *ledger.Tx) error     { _, err := paper.Start(tx, job, "printer/1"); return err }
func confirm(tx *ledger.Tx) error   { return paper.Confirm(tx, job) }
func hold(tx *ledger.Tx) error      { return paper.Hold(tx, job, paper.ReasonPaperOut) }
func ask(tx *ledger.Tx) error       { return paper.Ask(tx, job) }
func withdrawn(tx *ledger.Tx) error { return paper.Withdraw(tx, subject, paper.ReasonLeft) }
func settle(tx *ledger.Tx) error    { return paper.Settle(tx, tx.Seq()+1, paper.ReasonDayEnd) }
func fail(certain, again bool) func(*ledger.Tx) error {
	return func(tx *ledger.Tx) error {
		return paper.Fail(tx, paper.Failed{Job: job, Reason: paper.ReasonFault, Certain: certain, Again: again})
	}
}

// TestTransitions tries every action in every state.
func TestTransitions(t *testing.T) {
	type states = map[paper.State]paper.State
	const (
		q, p, ok, h, u, w = paper.StateQueued, paper.StatePrinting, paper.StatePrinted, paper.StateHeld,
			paper.StateUncertain, paper.StateWithdrawn
	)
	actions := []struct {
		name string
		do   func(*ledger.Tx) error
		from states
	}{
		{"start", start, states{q: p}},
		{"confirm", confirm, states{p: ok}},
		{"fail certainly", fail(true, false), states{p: h}},
		{"fail and try again", fail(true, true), states{p: q}},
		{"fail", fail(false, false), states{p: u}},
		{"hold", hold, states{q: h}},
		{"ask", ask, states{q: q, p: p, ok: q, h: q, u: q, w: q}},
		{"withdraw", withdrawn, states{q: w, h: w, u: w, p: p, ok: ok, w: w}},
		{"settle", settle, states{q: w, h: w, u: w, p: p, ok: ok, w: w}},
		{"recover", paper.Recover, states{q: q, p: u, ok: ok, h: h, u: u, w: w}},
	}
	roads := map[paper.State][]func(*ledger.Tx) error{
		q: {}, p: {start}, ok: {start, confirm}, h: {hold}, u: {start, fail(false, false)}, w: {withdrawn},
	}
	for state, road := range roads {
		for _, a := range actions {
			f := open(t)
			must(t, f, queue)
			for _, step := range road {
				must(t, f, step)
			}
			before := f.Acknowledged()
			err := f.Update(t.Context(), "test", a.do)
			j, _, _, _ := look(t, f)
			want, allowed := a.from[state]
			switch {
			case allowed && (err != nil || j.State != want):
				t.Errorf("%s from %s: got %s, %v, want %s", a.name, state, j.State, err, want)
			case !allowed && !errors.Is(err, paper.ErrState):
				t.Errorf("%s from %s: got %v, want ErrState", a.name, state, err)
			case !allowed && f.Acknowledged() != before:
				t.Errorf("%s from %s: refused and recorded", a.name, state)
			}
		}
	}
}

// Reprint marks stick from the moment a copy may be out; a job that certainly left no ink is never marked.
func TestReprintMark(t *testing.T) {
	tests := []struct {
		name  string
		steps []func(*ledger.Tx) error
		want  bool
	}{
		{"first", nil, false},
		{"held and asked", []func(*ledger.Tx) error{start, fail(true, false), ask, start}, false},
		{"tried again", []func(*ledger.Tx) error{start, fail(true, true), start}, false},
		{"uncertain and asked", []func(*ledger.Tx) error{start, fail(false, false), ask, start}, true},
		{"uncertain, then held", []func(*ledger.Tx) error{start, fail(false, false), ask, start, fail(true, false), ask}, true},
		{"after a crash", []func(*ledger.Tx) error{start, paper.Recover, ask}, true},
		{"printed and asked", []func(*ledger.Tx) error{start, confirm, ask, start, confirm}, true},
	}
	for _, tt := range tests {
		f := open(t)
		must(t, f, queue)
		for _, step := range tt.steps {
			must(t, f, step)
		}
		if j, _, _, _ := look(t, f); j.Reprint != tt.want {
			t.Errorf("%s: reprint %t, want %t", tt.name, j.Reprint, tt.want)
		}
	}
}

func TestIndexes(t *testing.T) {
	f := open(t)
	check := func(what string, waiting, held int, c paper.Counts) {
		t.Helper()
		_, w, h, got := look(t, f)
		if w != waiting || h != held {
			t.Errorf("%s: %d waiting, %d held, want %d and %d", what, w, h, waiting, held)
		}
		if diff := cmp.Diff(c, got); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
	must(t, f, queue)
	check("queued", 1, 0, paper.Counts{Queued: 1})
	must(t, f, start)
	check("started", 0, 0, paper.Counts{Printing: 1})
	must(t, f, fail(true, false))
	check("held", 0, 1, paper.Counts{Held: 1})
	must(t, f, ask)
	check("asked", 1, 0, paper.Counts{Queued: 1})
	must(t, f, start)
	must(t, f, fail(false, false))
	check("uncertain", 0, 1, paper.Counts{Uncertain: 1})
	must(t, f, withdrawn)
	check("withdrawn", 0, 0, paper.Counts{})
}

func TestTaken(t *testing.T) {
	f := open(t)
	must(t, f, queue)
	err := f.Update(t.Context(), "test", func(tx *ledger.Tx) error {
		return paper.Queue(tx, subject, paper.Queued{Job: "KKKKKKKKKKKKKKKK", Form: "token"})
	})
	if !errors.Is(err, paper.ErrTaken) {
		t.Errorf("a second job of one subject: %v, want ErrTaken", err)
	}
	err = f.Update(t.Context(), "test", func(tx *ledger.Tx) error {
		return paper.Queue(tx, "another", paper.Queued{Job: job, Form: "token"})
	})
	if !errors.Is(err, paper.ErrTaken) {
		t.Errorf("a second subject of one job: %v, want ErrTaken", err)
	}
	err = f.Update(t.Context(), "test", func(tx *ledger.Tx) error { return paper.Ask(tx, "KKKKKKKKKKKKKKKK") })
	if !errors.Is(err, paper.ErrNoJob) {
		t.Errorf("ask for a job that is not: %v, want ErrNoJob", err)
	}
}

// After a ledger came back, whatever waited may be out, and only a marked reprint is printed; what ended stays as it is.
func TestDoubt(t *testing.T) {
	for name, c := range map[string]struct {
		before []func(*ledger.Tx) error
		state  paper.State
		n      int
	}{
		"queued":    {[]func(*ledger.Tx) error{queue}, paper.StateUncertain, 1},
		"printing":  {[]func(*ledger.Tx) error{queue, start}, paper.StateUncertain, 1},
		"held":      {[]func(*ledger.Tx) error{queue, hold}, paper.StateUncertain, 1},
		"uncertain": {[]func(*ledger.Tx) error{queue, start, fail(false, false)}, paper.StateUncertain, 0},
		"printed":   {[]func(*ledger.Tx) error{queue, start, confirm}, paper.StatePrinted, 0},
		"withdrawn": {[]func(*ledger.Tx) error{queue, withdrawn}, paper.StateWithdrawn, 0},
	} {
		f := open(t)
		for _, decide := range c.before {
			must(t, f, decide)
		}
		n := -1
		must(t, f, func(tx *ledger.Tx) (err error) { n, err = paper.Doubt(tx); return err })
		j, waiting, _, _ := look(t, f)
		if n != c.n || j.State != c.state || waiting != 0 || c.state == paper.StateUncertain && !j.Reprint {
			t.Errorf("%s: %d doubted, %+v, %d wait; want %d and %s", name, n, j, waiting, c.n, c.state)
		}
		must(t, f, func(tx *ledger.Tx) (err error) { n, err = paper.Doubt(tx); return err })
		if n != 0 {
			t.Errorf("%s: %d were doubted again", name, n)
		}
	}
}
