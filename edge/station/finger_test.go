package station

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"markaz.example/edge/book/identity"
	"markaz.example/edge/book/reading"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/measure"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// hand is a reader that a test puts fingers on.
type hand struct{ press chan identity.Result }

func (h *hand) Name() string { return "finger/a" }

func (h *hand) Take(ctx context.Context, _ string) (identity.Result, int) {
	select {
	case r := <-h.press:
		return r, 64
	case <-ctx.Done():
		return identity.NoFinger, 0
	}
}

// book is a floor with one visit at desk A.
type book struct {
	mu    sync.Mutex
	check identity.Check
	visit id.Visit
	tried []identity.Tried
	taken []reading.Taken
	pan   *pan
	full  bool
}

func (b *book) Identity(_ context.Context, d id.Desk) (desk.Identity, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if d != "A" {
		return desk.Identity{}, desk.Refuse(desk.NobodyServed)
	}
	return desk.Identity{Visit: b.visit, Check: b.check, Finger: "right-index"}, nil
}

func (b *book) Tried(_ context.Context, _ id.Desk, v id.Visit, e identity.Tried) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if v != b.visit || b.full {
		return desk.Refuse(desk.NobodyServed)
	}
	b.tried = append(b.tried, e)
	return nil
}

func (b *book) results() (out []identity.Result) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.tried {
		out = append(out, e.Result)
	}
	return out
}

func (b *book) Readings(_ context.Context, d id.Desk) (desk.Readings, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if d != "A" {
		return desk.Readings{}, desk.Refuse(desk.NobodyServed)
	}
	return desk.Readings{Visit: b.visit}, nil
}

func (b *book) Measured(_ context.Context, _ id.Desk, v id.Visit, taken []reading.Taken) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if v != b.visit || b.full {
		return desk.Refuse(desk.BoxFull)
	}
	b.taken = append(b.taken, taken...)
	return nil
}

// atDesk runs a story at a desk with a reader, in fake time.
func atDesk(t *testing.T, story func(t *testing.T, s *Station, h *hand, b *book)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h, b := &hand{press: make(chan identity.Result)}, &book{visit: "V", check: identity.Check{State: identity.StateOpen}}
		pan := &pan{shown: make(chan measure.Reading, 1)}
		s := New(b, map[id.Desk]Instruments{"A": {Fingers: h, Scale: pan}, "B": {}}, nil)
		b.pan = pan
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Run(ctx) }()
		story(t, s, h, b)
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func take(t *testing.T, s *Station) {
	t.Helper()
	if err := s.Take(t.Context(), "A"); err != nil {
		t.Fatal(err)
	}
	if got := s.Waiting("A"); got != "right-index" {
		t.Errorf("waiting for %q", got)
	}
}

func TestTakeRecordsWhatCame(t *testing.T) {
	atDesk(t, func(t *testing.T, s *Station, h *hand, b *book) {
		changed := s.Changed("A")
		for _, r := range []identity.Result{identity.Messy, identity.Trouble, identity.Taken} {
			take(t, s)
			take(t, s) // however often it is pressed
			h.press <- r
			synctest.Wait()
		}
		take(t, s) // and nobody comes
		<-changed
		for s.Waiting("A") != "" {
			<-s.Changed("A")
		}
		want := []identity.Result{identity.Messy, identity.Trouble, identity.Taken, identity.NoFinger}
		got := b.results()
		if len(got) != len(want) {
			t.Fatalf("recorded %v, want %v", got, want)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("recorded %v, want %v", got, want)
			}
		}
		if e := b.tried[0]; e.Device != "finger/a" || e.Finger != "right-index" || e.Quality != 64 {
			t.Errorf("recorded %+v", e)
		}
	})
}

// A finger that was given up, or whose owner has left the desk, is recorded against nobody.
func TestGivenUpIsNoTry(t *testing.T) {
	atDesk(t, func(t *testing.T, s *Station, h *hand, b *book) {
		take(t, s)
		s.Stop("A")
		synctest.Wait()
		take(t, s)
		b.mu.Lock()
		b.visit = "W"
		b.mu.Unlock()
		h.press <- identity.Taken
		synctest.Wait()
		if got := b.results(); len(got) != 0 || s.Waiting("A") != "" {
			t.Errorf("recorded %v, waiting %q", got, s.Waiting("A"))
		}
		s.Stop("A") // nothing to give up
		s.Stop("Z")
	})
}

func TestRefusals(t *testing.T) {
	atDesk(t, func(t *testing.T, s *Station, _ *hand, b *book) {
		for _, c := range []struct {
			at   id.Desk
			with identity.State
			want string
		}{
			{"B", identity.StateOpen, desk.NoInstrument},
			{"Z", identity.StateOpen, desk.NoInstrument},
			{"A", identity.StatePassed, desk.CheckSettled},
		} {
			b.check.State = c.with
			if err := s.Take(t.Context(), c.at); !errors.Is(err, &desk.Refusal{Code: c.want}) {
				t.Errorf("desk %s, check %s: %v, want %s", c.at, c.with, err, c.want)
			}
		}
		if s.Changed("Z") != nil || s.Waiting("Z") != "" || s.Has("Z").Fingers != nil || s.Has("A").Fingers == nil {
			t.Error("a desk that is not there has instruments")
		}
	})
}

// A box that stops while a finger is waited for records nothing and ends.
func TestStopWhileWaiting(t *testing.T) {
	atDesk(t, func(t *testing.T, s *Station, _ *hand, _ *book) { take(t, s) })
}
