package terminal

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench runs a board of one ATM in fake time.
type bench struct {
	t    *testing.T
	b    *Board
	news *Subscription
	stop func()
}

func start(t *testing.T) *bench {
	b, err := NewBoard([]Terminal{{atm, ATM}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	x := &bench{t: t, b: b, news: b.Subscribe()}
	x.stop = func() {
		x.news.Close()
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
	}
	return x
}

func (x *bench) hear(change func(*Report)) {
	x.t.Helper()
	r := well(0)
	r.Received = time.Now()
	if change != nil {
		change(&r)
	}
	if err := x.b.Hear(r); err != nil {
		x.t.Fatal(err)
	}
}

func (x *bench) can() Verdict { return x.b.Statuses()[0].Can }

// pass lets time go by with a word a minute.
func (x *bench) pass(d time.Duration, change func(*Report)) {
	for ; d > 0; d -= time.Minute {
		time.Sleep(min(d, time.Minute))
		x.hear(change)
	}
}

func TestTheWorseAtOnceTheBetterWhenItHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := start(t)
		defer x.stop()
		x.hear(nil)
		if got := x.can(); got != (Verdict{Unknown, Settling}) {
			t.Errorf("heard for the first time: %+v", got)
		}
		time.Sleep(betterAfter - 1)
		synctest.Wait()
		if got := x.can(); got.Can != Unknown {
			t.Errorf("before a minute: %+v", got)
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if got := x.can(); got.Can != Yes {
			t.Errorf("after a minute: %+v", got)
		}
		x.hear(func(r *Report) { r.Cassettes = notes(Out, Out) })
		if got := x.can(); got != (Verdict{No, "cash"}) {
			t.Errorf("no cash: %+v", got)
		}
	})
}

func TestAShortDropIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := start(t)
		defer x.stop()
		x.hear(nil)
		x.pass(2*time.Minute, nil)
		for range 3 { // the line comes and goes every 20 seconds
			x.hear(func(r *Report) { r.Says[Link] = Offline })
			time.Sleep(20 * time.Second)
			x.hear(nil)
			time.Sleep(20 * time.Second)
		}
		x.pass(2*time.Minute, nil)
		var got []string
		for _, c := range x.b.History(atm) {
			if c.What == CanPay || c.What == "link" {
				got = append(got, c.What+" "+c.Now.String()+" "+c.Why)
			}
		}
		want := []string{"link online ", "can-pay yes ", "link offline ", "can-pay no link", "link online ", "can-pay yes "}
		// The first word changes the reason of "unknown", which people are told too.
		if diff := cmp.Diff(want, withoutUnknown(got)); diff != "" {
			t.Error(diff)
		}
	})
}

func withoutUnknown(in []string) (out []string) {
	for _, s := range in {
		if len(s) < 15 || s[:15] != "can-pay unknown" {
			out = append(out, s)
		}
	}
	return out
}

func TestSilenceIsNeverFine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := start(t)
		defer x.stop()
		x.hear(nil)
		x.pass(2*time.Minute, nil)
		for _, c := range []struct {
			after time.Duration
			want  Verdict
		}{
			{staleAfter - 1, Verdict{Yes, ""}}, {1, Verdict{No, Stale}}, {silentATM - staleAfter - 1, Verdict{No, Stale}},
			{1, Verdict{Unknown, Silent}}, {24 * time.Hour, Verdict{Unknown, Silent}},
		} {
			time.Sleep(c.after)
			synctest.Wait()
			if got := x.can(); got != c.want {
				t.Errorf("after %v more: %+v, want %+v", c.after, got, c.want)
			}
		}
		if !x.b.Statuses()[0].Silent {
			t.Error("not called silent")
		}
		x.hear(nil)
		time.Sleep(betterAfter)
		synctest.Wait()
		if got := x.can(); got.Can != Yes {
			t.Errorf("heard again: %+v", got)
		}
	})
}

func TestSubscribersAndHistoryAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := start(t)
		defer x.stop()
		for i := range changesMax + historyMax {
			x.hear(func(r *Report) { r.Says[Receipt] = []Value{Out, Fault}[i%2] })
			time.Sleep(time.Second)
		}
		if got := len(x.news.C); got != changesMax || x.news.Missed() == 0 {
			t.Errorf("%d changes wait, %d missed", got, x.news.Missed())
		}
		h := x.b.History(atm)
		if len(h) != historyMax || !h[0].At.Before(h[historyMax-1].At) {
			t.Errorf("%d changes kept", len(h))
		}
	})
}

func TestBoardRefuses(t *testing.T) {
	for name, list := range map[string][]Terminal{
		"twice":    {{atm, ATM}, {atm, POS}},
		"no kind":  {{atm, ""}},
		"no name":  {{ID{"hbl", ""}, ATM}},
		"too many": make([]Terminal, terminalsMax+1),
	} {
		if _, err := NewBoard(list); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	b, _ := NewBoard([]Terminal{{atm, ATM}})
	if err := b.Hear(Report{ID: ID{"hbl", "048"}}); !errors.Is(err, ErrUnknownTerminal) {
		t.Errorf("another's terminal: %v", err)
	}
	if h := b.History(ID{"x", "y"}); h != nil {
		t.Errorf("history of nobody: %v", h)
	}
}
