package visit_test

import (
	"context"
	"crypto/rand"
	"errors"
	"math"
	"testing"
	"time"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
)

func open(t *testing.T) *ledgertest.File {
	t.Helper()
	f := ledgertest.Create(t, visit.Book())
	t.Cleanup(func() { f.Close(t) })
	return f
}

// ask gives the next number.
func ask(tx *ledger.Tx, v id.Visit) error {
	code, err := id.NewCode(rand.Reader)
	if err != nil {
		return err
	}
	today, err := visit.OpenDay(tx)
	if err != nil {
		return err
	}
	_, err = visit.Open(tx, today, visit.Asked{
		Visit: v, Code: code, Letter: 'K', Stops: []id.Service{"kafaalat", "nashonuma"}, Lang: "ur",
	})
	return err
}

// end ends the stop at desk A.
func end(tx *ledger.Tx, s visit.State) error {
	_, err := visit.End(tx, "A", visit.Ending{State: s, Outcome: "done"})
	return err
}

const who = id.Visit("VVVVVVVVVVVVVVVV")

// TestTransitions tries every action in every state: what the table does not allow is refused and records nothing.
func TestTransitions(t *testing.T) {
	actions := []struct {
		name string
		do   func(*ledger.Tx) error
		from map[visit.State]visit.State
	}{
		{"issue", func(tx *ledger.Tx) error { return visit.Issue(tx, who) },
			map[visit.State]visit.State{visit.StatePlanned: visit.StateWaiting}},
		{"call", func(tx *ledger.Tx) error { return visit.Call(tx, "A", who, visit.Why{}) },
			map[visit.State]visit.State{
				visit.StateWaiting: visit.StateCalled, visit.StateNoShow: visit.StateCalled, visit.StateParked: visit.StateCalled,
			}},
		{"recall", func(tx *ledger.Tx) error { return visit.Recall(tx, "A") },
			map[visit.State]visit.State{visit.StateCalled: visit.StateCalled}},
		{"confirm", func(tx *ledger.Tx) error { return visit.Confirm(tx, "A") },
			map[visit.State]visit.State{visit.StateCalled: visit.StateServing}},
		{"no-show", func(tx *ledger.Tx) error { return visit.GiveUp(tx, "A") },
			map[visit.State]visit.State{visit.StateCalled: visit.StateNoShow}},
		{"finish", func(tx *ledger.Tx) error { return end(tx, visit.StateDone) },
			map[visit.State]visit.State{visit.StateServing: visit.StateWaiting}},
		{"leave", func(tx *ledger.Tx) error { return visit.Leave(tx, who, "went-home") },
			map[visit.State]visit.State{
				visit.StatePlanned: visit.StateLeft, visit.StateWaiting: visit.StateLeft, visit.StateCalled: visit.StateLeft,
				visit.StateServing: visit.StateLeft, visit.StateNoShow: visit.StateLeft,
				visit.StateHold: visit.StateLeft, visit.StateParked: visit.StateLeft,
			}},
		{"hold", func(tx *ledger.Tx) error { return visit.Hold(tx, "A", "nadra") },
			map[visit.State]visit.State{visit.StateServing: visit.StateHold}},
		{"back", func(tx *ledger.Tx) error { return visit.Resume(tx, who, visit.StateHold) },
			map[visit.State]visit.State{visit.StateHold: visit.StateWaiting}},
		{"park", func(tx *ledger.Tx) error { return visit.Park(tx, "A", "answer", false) },
			map[visit.State]visit.State{visit.StateServing: visit.StateParked}},
		{"unpark", func(tx *ledger.Tx) error { return visit.Resume(tx, who, visit.StateParked) },
			map[visit.State]visit.State{visit.StateParked: visit.StateWaiting}},
		{"return", func(tx *ledger.Tx) error { return visit.Return(tx, who, 2) },
			map[visit.State]visit.State{visit.StateNoShow: visit.StateWaiting}},
		{"transfer", func(tx *ledger.Tx) error {
			return visit.Transfer(tx, visit.Transferred{Desk: "A", Service: "tahafuz", Rule: visit.SeniorityKeep})
		}, map[visit.State]visit.State{visit.StateServing: visit.StateWaiting}},
		{"fail", func(tx *ledger.Tx) error { return end(tx, visit.StateFailed) },
			map[visit.State]visit.State{visit.StateServing: visit.StateWaiting}},
		{"cancel", func(tx *ledger.Tx) error { return visit.Cancel(tx, who, "phone") },
			map[visit.State]visit.State{
				visit.StatePlanned: visit.StateCancelled, visit.StateWaiting: visit.StateCancelled, visit.StateHold: visit.StateCancelled,
				visit.StateParked: visit.StateCancelled, visit.StateNoShow: visit.StateCancelled,
			}},
	}
	roads := map[visit.State][]int{
		visit.StatePlanned: {}, visit.StateWaiting: {0}, visit.StateCalled: {0, 1}, visit.StateServing: {0, 1, 3},
		visit.StateNoShow: {0, 1, 4}, visit.StateLeft: {6}, visit.StateDone: {0, 1, 3, 5, 1, 3, 5},
		visit.StateHold: {0, 1, 3, 7}, visit.StateParked: {0, 1, 3, 9}, visit.StateCancelled: {14},
		visit.StateFailed: {0, 1, 3, 13, 1, 3, 13},
	}
	for state, road := range roads {
		for _, a := range actions {
			f := open(t)
			must(t, f, func(tx *ledger.Tx) error { return ask(tx, who) })
			for _, step := range road {
				must(t, f, actions[step].do)
			}
			before := f.Acknowledged()
			err := f.Update(t.Context(), "test", a.do)
			want, allowed := a.from[state]
			switch {
			case allowed && (err != nil || stateOf(t, f) != want):
				t.Errorf("%s from %s: got %s, %v, want %s", a.name, state, stateOf(t, f), err, want)
			case !allowed && !errors.Is(err, visit.ErrState) && !errors.Is(err, visit.ErrNobody) && !errors.Is(err, visit.ErrDeskBusy):
				t.Errorf("%s from %s: got %v, want a refusal", a.name, state, err)
			case !allowed && f.Acknowledged() != before:
				t.Errorf("%s from %s: refused and recorded", a.name, state)
			}
		}
	}
}

func must(t *testing.T, f *ledgertest.File, decide func(*ledger.Tx) error) {
	t.Helper()
	if err := f.Update(context.Background(), "test", decide); err != nil {
		t.Fatal(err)
	}
}

func stateOf(t *testing.T, f *ledgertest.File) (s visit.State) {
	t.Helper()
	err := f.View(context.Background(), func(snap ledger.Snapshot) error {
		v, _ := visit.Get(snap, who)
		s = v.State()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A busy desk is given nobody else, and nobody is given a name that exists.
func TestTaken(t *testing.T) {
	f := open(t)
	other, err := id.NewVisit(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []id.Visit{who, other} {
		must(t, f, func(tx *ledger.Tx) error { return ask(tx, v) })
		must(t, f, func(tx *ledger.Tx) error { return visit.Issue(tx, v) })
	}
	must(t, f, func(tx *ledger.Tx) error { return visit.Call(tx, "A", who, visit.Why{}) })
	err = f.Update(t.Context(), "test", func(tx *ledger.Tx) error { return visit.Call(tx, "A", other, visit.Why{}) })
	if !errors.Is(err, visit.ErrDeskBusy) {
		t.Errorf("second call of a desk: %v, want ErrDeskBusy", err)
	}
	err = f.Update(t.Context(), "test", func(tx *ledger.Tx) error { return ask(tx, who) })
	if !errors.Is(err, visit.ErrTaken) {
		t.Errorf("the same visit again: %v, want ErrTaken", err)
	}
}

// The newest sixty calls are kept, for the screens of many rooms; a recall makes a call the newest again.
func TestLastCalls(t *testing.T) {
	f := open(t)
	desks := []id.Desk{"A", "B", "C"}
	for d := byte('A'); len(desks) < 62; d++ {
		desks = append(desks, id.Desk([]byte{'A' + (d-'A')/26, 'A' + (d-'A')%26}))
	}
	for _, d := range desks {
		v, err := id.NewVisit(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		must(t, f, func(tx *ledger.Tx) error { return ask(tx, v) })
		must(t, f, func(tx *ledger.Tx) error { return visit.Issue(tx, v) })
		must(t, f, func(tx *ledger.Tx) error { return visit.Call(tx, d, v, visit.Why{}) })
	}
	must(t, f, func(tx *ledger.Tx) error { return visit.Recall(tx, "C") })
	var got []id.Desk
	err := f.View(t.Context(), func(s ledger.Snapshot) error {
		for _, c := range visit.LastCalls(s) {
			got = append(got, c.Desk)
		}
		return nil
	})
	if err != nil || len(got) != 60 || got[0] != "C" || got[1] != desks[61] || got[59] != "AA" {
		t.Errorf("calls of desks %v, %v; want C, then from %s back to AA", got, err, desks[61])
	}
}

// A day that left behind more than one decision can settle is settled by the next visitors; nothing is refused.
func TestManyLeftovers(t *testing.T) {
	f := open(t)
	const people = visit.SettledMax + 5
	letters := []byte("ABC")
	must(t, f, func(tx *ledger.Tx) error { return ask(tx, who) })
	must(t, f, func(tx *ledger.Tx) error {
		for i := range people {
			code, err := id.NewCode(rand.Reader)
			if err != nil {
				return err
			}
			v, err := id.NewVisit(rand.Reader)
			if err != nil {
				return err
			}
			e := visit.Opened{Token: id.NewToken(letters[i/900], 1+i%900), Code: code, Stops: []id.Service{"kafaalat"}, Lang: "ur"}
			if err := tx.Append(string(v), e); err != nil {
				return err
			}
		}
		return nil
	})
	f.Clock.Pass(24 * time.Hour)
	for _, want := range []int{6, 0} {
		v, err := id.NewVisit(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		must(t, f, func(tx *ledger.Tx) error { return ask(tx, v) })
		if got := leftovers(t, f); got != want {
			t.Errorf("%d of the day before are still open, want %d", got, want)
		}
	}
}

// leftovers counts the visits of the first day that are not settled.
func leftovers(t *testing.T, f *ledgertest.File) int {
	t.Helper()
	var n int
	err := f.View(context.Background(), func(s ledger.Snapshot) error {
		for _, v := range visit.NotInHand(s, math.MaxInt) {
			if v.Day == "2026-11-22" {
				n++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// After a restoration the numbers that the lost box may have given are passed over, on the day that it may have been.
func TestRestoredLeavesAGap(t *testing.T) {
	for name, c := range map[string]struct {
		given  int  // before the loss
		later  bool // the lost box was lost, and is restored, on a day that headquarters has heard nothing of
		first  string
		behind string // on the day after
	}{
		"the same day, few":  {3, false, "K501", "K001"},
		"the same day, many": {450, false, "K551", "K001"},
		"another day":        {3, true, "K501", "K001"},
	} {
		t.Run(name, func(t *testing.T) {
			f := open(t)
			for range c.given {
				askOne(t, f)
			}
			if c.later {
				f.Clock.Pass(24 * time.Hour)
			}
			must(t, f, visit.Restore)
			if got := askOne(t, f); string(got) != c.first {
				t.Errorf("the first is %s, want %s", got, c.first)
			}
			f.Clock.Pass(24 * time.Hour)
			if got := askOne(t, f); string(got) != c.behind {
				t.Errorf("the first of the next day is %s, want %s", got, c.behind)
			}
		})
	}
}

// A box that is restored from a copy of a restored one, before a letter was given, passes over what that one may have given.
func TestRestoredTwiceLeavesASecondGap(t *testing.T) {
	f := open(t)
	askOne(t, f)
	must(t, f, visit.Restore)
	must(t, f, visit.Restore)
	if got := askOne(t, f); got != "K601" {
		t.Errorf("the first is %s, want K601", got)
	}
	f.Clock.Pass(24 * time.Hour)
	if got := askOne(t, f); got != "K001" {
		t.Errorf("the first of the next day is %s, want K001", got)
	}
}

// askOne gives a number to somebody new.
func askOne(t *testing.T, f *ledgertest.File) (given id.Token) {
	t.Helper()
	v, err := id.NewVisit(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	must(t, f, func(tx *ledger.Tx) error { return ask(tx, v) })
	err = f.View(t.Context(), func(s ledger.Snapshot) error {
		got, _ := visit.Get(s, v)
		given = got.Token
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return given
}
