package uplink_test

import (
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"markaz.example/sync/uplink"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

// speaker is an uplink that tells what its fields say, over one fake link.
func speaker(t *testing.T, l uplink.Ledger, f *fake, change func(*uplink.Uplink)) (states chan uplink.State, stop func()) {
	t.Helper()
	states = make(chan uplink.State, 1000)
	u := &uplink.Uplink{
		Ledger: l, Key: wiretest.New("ISB-01", 1).Key, Software: "test", Wall: time.Now, Random: rand.New(rand.NewPCG(1, 1)),
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Report: func(s uplink.State) { states <- s },
		Dial: func(context.Context) (uplink.Link, error) { return f, nil },
	}
	change(u)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- u.Run(ctx) }()
	return states, func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run ended with %v", err)
		}
	}
}

func TestABeatSaysHowTheBoxIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, f := box(5), newFake()
		board := make(chan []string, 1)
		board <- []string{"printer.paper-out", "cash.out"}
		_, stop := speaker(t, l, f, func(u *uplink.Uplink) {
			u.Condition = func() []string { on := <-board; board <- on; return on }
			u.Packs = func() []wire.ActivePack { return []wire.ActivePack{{Name: "texts", Version: 7}} }
			u.Clock = func() (int64, uint8) { return 1234, 3 }
			u.Oldest = func() int64 { return 99 }
		})
		h := (<-f.sent).(wire.Hello)
		if h.Nonce == (wire.Nonce{}) || len(h.Dictionaries) == 0 {
			t.Errorf("greets with %+v", h)
		}
		f.say <- wire.Welcome{Version: 2, Held: l.At(5), Window: 8}
		want := wire.Beat{
			Head: l.At(5), Oldest: 99, Conditions: []string{"cash.out", "printer.paper-out"},
			Packs: []wire.ActivePack{{Name: "texts", Version: 7}}, Wall: 1234, Grade: 3,
		}
		if d := cmp.Diff(want, (<-f.sent).(wire.Beat)); d != "" {
			t.Errorf("right after Welcome (-want +got):\n%s", d)
		}
		<-board
		board <- []string{"cash.out"}
		at := time.Now()
		if b := (<-f.sent).(wire.Beat); len(b.Conditions) != 1 || time.Since(at) > 10*time.Second {
			t.Errorf("said %v after %v", b.Conditions, time.Since(at))
		}
		stop()
	})
}

// A board that flaps does not fill the line.
func TestBeatsAreFew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, f := box(5), newFake()
		n := 0
		_, stop := speaker(t, l, f, func(u *uplink.Uplink) {
			u.Condition = func() []string { n++; return []string{"a", "b", "c"}[n%3:] }
		})
		<-f.sent
		f.say <- wire.Welcome{Version: 2, Held: l.At(5), Window: 8}
		time.Sleep(time.Minute)
		if n := len(f.sent); n < 5 || n > 13 {
			t.Errorf("%d beats in a minute", n)
		}
		stop()
	})
}

func TestAVersionOnePeerHearsNoNews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, f := box(5), newFake()
		_, stop := speaker(t, l, f, func(u *uplink.Uplink) { u.Condition = func() []string { return []string{"cash.out"} } })
		<-f.sent
		f.say <- wire.Welcome{Version: 1, Held: l.At(5), Window: 8}
		if d := cmp.Diff(wire.Beat{Head: l.At(5)}, (<-f.sent).(wire.Beat)); d != "" {
			t.Error(d)
		}
		stop()
	})
}

func TestOnlySignedTimeIsTaken(t *testing.T) {
	office, stranger := wiretest.New("ISB-01", 50), wiretest.New("ISB-01", 51)
	for name, tt := range map[string]struct {
		sign  func(wire.Nonce) []byte
		taken bool
	}{
		"headquarters' word":  {func(n wire.Nonce) []byte { return wire.SignTime(office.Key, n, 5000) }, true},
		"a stranger's":        {func(n wire.Nonce) []byte { return wire.SignTime(stranger.Key, n, 5000) }, false},
		"of another greeting": {func(wire.Nonce) []byte { return wire.SignTime(office.Key, wire.Nonce{1}, 5000) }, false},
		"of another time":     {func(n wire.Nonce) []byte { return wire.SignTime(office.Key, n, 6000) }, false},
		"nobody's":            {func(wire.Nonce) []byte { return nil }, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, f := box(5), newFake()
				told := make(chan time.Time, 1)
				states, stop := speaker(t, l, f, func(u *uplink.Uplink) {
					u.PostKey, u.Told = office.Public(), func(at time.Time) { told <- at }
				})
				h := (<-f.sent).(wire.Hello)
				f.say <- wire.Welcome{Version: 2, Held: l.At(2), Window: 8, Wall: 5000, TimeSignature: tt.sign(h.Nonce)}
				<-f.sent
				if _, ok := (<-f.sent).(wire.Batch); !ok {
					t.Error("records are not sent")
				}
				synctest.Wait()
				var last uplink.State
				for len(states) > 0 {
					last = <-states
				}
				if taken := len(told) == 1; taken != tt.taken || (last.Code == uplink.CodeTime) == tt.taken || !last.Up {
					t.Errorf("taken: %v; %+v", taken, last)
				}
				stop()
			})
		})
	}
}
