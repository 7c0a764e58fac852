package crowd

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"markaz.example/cmd/markaz-sim/gauge"
)

// The bars of a run.
var (
	ErrSlow    = errors.New("a hundredth of all calls took longer to every screen than a person notices")
	ErrGrowing = errors.New("the box's memory grows")
	ErrBusy    = errors.New("the box took more than one core")
)

// callBar is how soon a call has to be on every screen for 99 of 100: below a quarter of a second nobody looks twice.
const callBar = 250 * time.Millisecond

// times is how long things took.
type times struct {
	mu     sync.Mutex
	of     map[string][]time.Duration // guarded by mu
	faults []error                    // guarded by mu
}

func (t *times) took(what string, d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of == nil {
		t.of = map[string][]time.Duration{}
	}
	t.of[what] = append(t.of[what], d)
}

func (t *times) fault(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil {
		t.faults = append(t.faults, err)
	}
}

// at is a percentile of sorted times.
func at(sorted []time.Duration, percent int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, len(sorted)*percent/100)]
}

// report prints what was seen and holds it against the bars.
func (c *Crowd) report(u gauge.Usage) error {
	c.times.mu.Lock()
	defer c.times.mu.Unlock()
	c.say("%-24s %7s %9s %9s %9s %9s", "", "times", "p50", "p95", "p99", "longest")
	for _, what := range slices.Sorted(maps.Keys(c.times.of)) {
		all := c.times.of[what]
		slices.Sort(all)
		c.say("%-24s %7d %9v %9v %9v %9v", what, len(all), round(at(all, 50)), round(at(all, 95)), round(at(all, 99)), round(all[len(all)-1]))
	}
	c.say("the box took %.2f cores; memory of its own %d MiB at first, %d MiB at the end, %d MiB at most", u.Cores, u.First>>20, u.Last>>20, u.Most>>20)
	c.say("%d rolls of paper were changed", c.rolls.Load())
	errs := append(counted(c.times.faults), u.Fault)
	if p99 := at(c.times.of["call: on every screen"], 99); p99 > callBar {
		errs = append(errs, fmt.Errorf("%v: %w", p99, ErrSlow))
	}
	if float64(u.Last) > float64(u.First)*(1+flatShare) {
		errs = append(errs, ErrGrowing)
	}
	if u.Cores > 1 {
		errs = append(errs, ErrBusy)
	}
	return errors.Join(errs...)
}

// counted says each fault once, with how often it was met.
func counted(faults []error) (out []error) {
	times := map[string]int{}
	for _, err := range faults {
		times[err.Error()]++
	}
	for _, text := range slices.Sorted(maps.Keys(times)) {
		out = append(out, fmt.Errorf("%d times: %s", times[text], text))
	}
	return out
}

func round(d time.Duration) time.Duration { return d.Round(100 * time.Microsecond) }
