package patrol

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

// store is what is walked: so many places, of which one may be bad.
type store struct{ places, bad, walked int }

func (s *store) step(_ context.Context, place string) (string, error) {
	n, _ := strconv.Atoi(place)
	s.walked++
	switch n++; {
	case n == s.bad:
		return "", errors.New("place " + strconv.Itoa(n) + " is bad")
	case n >= s.places:
		return "", nil
	}
	return strconv.Itoa(n), nil
}

func (s *store) patrol(path string) *Patrol {
	return &Patrol{Path: path, Step: s.step, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
}

// run walks for a while, as one run of the machine.
func run(t *testing.T, p *Patrol, d time.Duration) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), d)
	defer stop()
	if err := p.Run(ctx); err != nil {
		t.Error(err)
	}
}

func TestWeeklyAndFoundAndMended(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{places: 100}
		p := s.patrol(filepath.Join(t.TempDir(), "verified"))
		run(t, p, 15*24*time.Hour)
		if s.walked != 300 || p.State().Found != "" {
			t.Errorf("in 15 days %d steps, want three walks of 100", s.walked)
		}
		s.bad = 40
		run(t, p, 7*24*time.Hour)
		if got := p.State().Found; got != "place 40 is bad" {
			t.Errorf("found %q", got)
		}
		if again := s.patrol(p.Path); again.State().Found == "" {
			run(t, again, time.Minute)
			if again.State().Found == "" {
				t.Error("a finding is forgotten by a restart")
			}
		}
		s.bad = 0
		run(t, p, 7*24*time.Hour)
		if got := p.State().Found; got != "" {
			t.Errorf("after a walk without a finding there is %q", got)
		}
	})
}

// TestGoesOnAfterARestart: a machine that is switched off every few minutes comes to the end too.
func TestGoesOnAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{places: 10_000}
		path := filepath.Join(t.TempDir(), "verified")
		for range 3 {
			run(t, s.patrol(path), settleFor+time.Minute)
		}
		p := s.patrol(path)
		run(t, p, settleFor+time.Minute)
		if p.State().Ended.IsZero() || s.walked > s.places+4*savedEvery {
			t.Errorf("after %d steps of %d: %+v", s.walked, s.places, p.State())
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"began":"2026-11-27T10:00:00Z","place":"4096","steps":2}`))
	f.Add([]byte(`{"ended":"2026-11-27T10:00:00Z","found":"record 7"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := decode(b); err != nil && s != (State{}) {
			t.Errorf("%+v with %v", s, err)
		}
	})
}
