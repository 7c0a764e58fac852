package page

import (
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"markaz.example/sync/fleet/fleettest"
)

// slate is a board whose parts and clock a test moves.
type slate struct {
	*board
	parts   map[string]string
	err     error
	now     time.Time
	renders int
}

func newSlate() *slate {
	s := &slate{now: noon, parts: map[string]string{}}
	s.board = newBoard(func() time.Time { return s.now }, func() (map[string]string, error) {
		s.renders++
		return maps.Clone(s.parts), s.err
	})
	return s
}

// turn renders and tells what a browser of a version is sent.
func (s *slate) turn(t *testing.T, have uint64) (sent string, version uint64) {
	t.Helper()
	s.now = s.now.Add(settle)
	if err := s.refresh(); err != nil && s.err == nil {
		t.Fatal(err)
	}
	m, _ := s.since(have)
	if m.Trouble {
		sent = "! "
	}
	return sent + strings.Join(slices.Sorted(maps.Keys(m.Parts)), " "), m.Version
}

func TestBrowserIsSentWhatItLacks(t *testing.T) {
	s := newSlate()
	s.parts = map[string]string{"a": "1", "b": "1", "order": "a b"}
	expect := func(have uint64, want string) (version uint64) {
		t.Helper()
		got, version := s.turn(t, have)
		if got != want {
			t.Errorf("a browser of version %d is sent %q, want %q", have, got, want)
		}
		return version
	}
	one := expect(0, "a b order")
	if again := expect(one, ""); again != one {
		t.Errorf("a render without a change made version %d of %d", again, one)
	}
	s.parts["b"] = "2"
	two := expect(one, "b")
	s.parts["a"] = "2"
	three := expect(two, "a")
	expect(one, "a b")
	expect(three, "")
	expect(three+99, "a b order") // of another process, or made up

	delete(s.parts, "b")
	s.parts["order"] = "a"
	four := expect(three, "order")
	s.err = errors.New("the archive cannot be read")
	five := expect(four, "! ")
	if five == four {
		t.Error("trouble made no new version")
	}
	s.err = nil
	expect(five, "")
	expect(0, "a order")
}

// TestManyWhoAskAtOnceCostOneRender, and news wake whoever waits.
func TestManyWhoAskAtOnceCostOneRender(t *testing.T) {
	s := newSlate()
	s.parts = map[string]string{"a": "1"}
	s.turn(t, 0)
	for range 100 {
		if err := s.refresh(); err != nil {
			t.Fatal(err)
		}
	}
	if s.renders != 1 {
		t.Errorf("%d renders within one moment", s.renders)
	}
	_, changed := s.since(0)
	s.parts["a"] = "2"
	s.turn(t, 0)
	select {
	case <-changed:
	default:
		t.Error("a new version woke nobody")
	}
	s.now = s.now.Add(-time.Hour) // the clock was set back
	if err := s.refresh(); err != nil || s.renders != 3 {
		t.Errorf("after the clock was set back: %d renders, %v", s.renders, err)
	}
}

// TestWhatIsRememberedIsTheSame: after a change, a board that remembers shows what one that does not would.
func TestWhatIsRememberedIsTheSame(t *testing.T) {
	f := fleettest.New(func() time.Time { return noon })
	s := New(f.Fleet, Config{Log: slog.New(slog.DiscardHandler)})
	m := memo{}
	for turn := range 4 {
		f.Stir(turn*30, 1)
		got, err := s.overviewParts(Urdu, m)
		if err != nil {
			t.Fatal(err)
		}
		want, err := s.overviewParts(Urdu, memo{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("turn %d: %s", turn, diff)
		}
	}
	if len(m) != 2*154 {
		t.Errorf("%d parts are remembered", len(m))
	}
}

// BenchmarkOverview is one render of the map with 154 centres, which happens three times a second while somebody looks.
func BenchmarkOverview(b *testing.B) {
	s := New(fleettest.New(time.Now).Fleet, Config{Log: slog.New(slog.DiscardHandler)})
	var bytes int
	m := memo{}
	for b.Loop() {
		parts, err := s.overviewParts(Urdu, m)
		if err != nil {
			b.Fatal(err)
		}
		bytes = 0
		for _, html := range parts {
			bytes += len(html)
		}
	}
	b.ReportMetric(float64(bytes), "bytes")
}
