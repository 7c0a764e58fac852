package crowd

import (
	"context"
	"errors"
	"io"
	"math"
	"testing"
	"time"

	"markaz.example/cmd/markaz-sim/gauge"
	"markaz.example/cmd/markaz-sim/stage"
	"markaz.example/cmd/markaz-sim/stage/stagetest"
)

// A short run: every press comes to every screen. How soon is measured by make crowd on a quiet machine, not here.
func TestEveryPressIsSeenEverywhere(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	s := stagetest.SetUp(t, stage.Config{Bin: stagetest.Programs(t, "markaz", "markaz-hq"), Fast: math.Inf(1)})
	s.Printer.Sim.SetPaper(rollLeftMM / 2) // ends before everybody is in, unless somebody sees to it
	c := &Crowd{Stage: s, Desks: stage.Desks(), Screens: 3, Phones: 30, Rate: 10, For: 6 * time.Second, Out: t.Output()}
	err := c.Run(ctx)
	for _, bar := range []error{ErrSlow, ErrGrowing, ErrBusy} { // a loaded machine misses these, and that proves nothing
		if errors.Is(err, bar) {
			t.Log("on this machine, now:", bar)
		}
	}
	if len(c.times.faults) > 0 {
		t.Error(errors.Join(c.times.faults...))
	}
	if c.rolls.Load() == 0 {
		t.Error("nobody changed the roll")
	}
	if n := len(c.times.of["call: on every screen"]); n == 0 {
		t.Error("nobody was called")
	}
}

// A report that finds no fault proves nothing: each bar is missed once.
func TestBarsAreHeld(t *testing.T) {
	good := gauge.Usage{Cores: 0.5, First: 60 << 20, Last: 61 << 20, Most: 70 << 20}
	for name, tt := range map[string]struct {
		calls time.Duration
		used  gauge.Usage
		want  error
	}{
		"good":    {50 * time.Millisecond, good, nil},
		"slow":    {callBar + time.Millisecond, good, ErrSlow},
		"growing": {time.Millisecond, gauge.Usage{First: 60 << 20, Last: 80 << 20}, ErrGrowing},
		"busy":    {time.Millisecond, gauge.Usage{Cores: 1.2}, ErrBusy},
		"unseen":  {time.Millisecond, gauge.Usage{Fault: errUnseen}, errUnseen},
	} {
		c := &Crowd{Out: io.Discard}
		c.times.took("call: on every screen", tt.calls)
		if err := c.report(tt.used); !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

func TestScreensAreRead(t *testing.T) {
	shows := deskShows()
	for i, tt := range []struct{ hand, want string }{
		{`<p class="hand-none">`, ""},
		{`<p class="hand-state state-called"><bdi>K001</bdi>`, "called K001"},
		{`<p class="hand-state state-serving"><bdi>K001</bdi>`, "serving K001"},
		{`<p class="hand-state state-called"><bdi>K002</bdi>`, "gone K001, called K002"},
		{`<p class="hand-none">`, "gone K002"},
	} {
		got := ""
		for _, s := range shows(map[string]string{"hand": tt.hand}) {
			if got != "" {
				got += ", "
			}
			got += s
		}
		if got != tt.want {
			t.Errorf("message %d: saw %q, want %q", i, got, tt.want)
		}
	}
}
