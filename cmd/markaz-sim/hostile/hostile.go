package hostile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"markaz.example/cmd/markaz-sim/client"
	"markaz.example/cmd/markaz-sim/gauge"
	"markaz.example/cmd/markaz-sim/stage"
	"markaz.example/edge/web/api"
)

// Network is of the centre's own machines on a stage of this package.
const Network = "127.0.9.0/24"

// Run is one run on a stage that nothing else uses, with Network as its own.
type Run struct {
	Stage *stage.Stage
	Self  string        // this program, for the crew's process
	Each  int           // hostiles of every kind
	Only  string        // one kind; empty for all
	For   time.Duration // how long, calm and storm together
	Out   io.Writer

	floor *floor
}

// The bars of a run.
var (
	ErrSlow    = errors.New("beside the crew a press at a desk takes more than twice as long")
	ErrGrowing = errors.New("the box's memory grows while the crew is at it")
	ErrOpen    = errors.New("the box holds more connections than it should")
	ErrHarm    = errors.New("the crew did harm")
	ErrCount   = errors.New("the counts of the floor are not those of its kiosks and desks")
)

// Play works with and without the crew in turn, prints what it saw, and reports which bars were missed.
func (r *Run) Play(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()
	staged := make(chan error, 1)
	all.Go(func() { staged <- r.Stage.Run(ctx); cancel() })
	if err := stage.Await(ctx, r.Stage.BoxURL("/healthz")); err != nil {
		return err
	}
	all.Go(func() { r.keepPaper(ctx) })
	probe := gauge.New(r.Stage.Box)
	all.Go(func() { _ = probe.Run(ctx) })
	used, tally, err := r.turns(ctx, probe)
	if err != nil {
		return err
	}
	figures, err := client.Get[api.Figures](ctx, client.New(r.Stage.BoxURL, r.Stage.Root()), "/api/figures")
	if err != nil {
		return err
	}
	return r.report(used, tally, figures)
}

// keepPaper changes the roll before it ends.
func (r *Run) keepPaper(ctx context.Context) {
	for client.Pause(ctx, time.Second) == nil {
		r.Stage.Printer.Sim.SetPaper(rollMM)
	}
}

// rollMM is a new roll.
const rollMM = 80_000

// turns lets the floor work all the time and the crew every second phase. Memory is of the storms.
func (r *Run) turns(ctx context.Context, probe *gauge.Probe) (used []gauge.Usage, tally map[string]Count, err error) {
	if r.floor, err = openFloor(ctx, r.Stage); err != nil {
		return nil, nil, err
	}
	if err := r.floor.fill(ctx); err != nil {
		return nil, nil, err
	}
	working, stop := context.WithCancel(ctx)
	var work sync.WaitGroup
	defer work.Wait()
	defer stop()
	work.Go(func() { r.floor.run(working) })
	tally = map[string]Count{}
	each := r.For / (2 * phases)
	for i := range phases {
		r.say("%d of %d: %v of calm, %v of storm", i+1, phases, each, each)
		r.floor.phase("calm")
		if err := client.Pause(ctx, each); err != nil {
			return nil, nil, err
		}
		r.floor.phase("")
		probe.Begin()
		came, err := r.storm(ctx, each)
		used = append(used, probe.Done())
		if err != nil {
			return nil, nil, err
		}
		add(tally, came)
		if err := client.Pause(ctx, leaveTime); err != nil {
			return nil, nil, err
		}
	}
	stop()
	work.Wait()
	return used, tally, r.floor.fault
}

// storm is the crew at work, as a process of its own. Presses count while all of it is there.
func (r *Run) storm(ctx context.Context, d time.Duration) (map[string]Count, error) {
	ctx, cancel := context.WithTimeout(ctx, d+answerWait+leaveTime)
	defer cancel()
	crew := exec.CommandContext(ctx, "nice", "-n", "19", r.Self, "hostile-crew", "--public", fmt.Sprint("127.0.0.1:", r.Stage.BoxPort),
		"--desks", fmt.Sprint("127.0.0.1:", r.Stage.DesksPort), "--root", r.Stage.Root(), "--each", strconv.Itoa(r.Each),
		"--for", d.String(), "--only", r.Only)
	crew.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var said bytes.Buffer
	crew.Stdout, crew.Stderr = &said, os.Stderr
	r.floor.phase("storm")
	err := crew.Run()
	r.floor.phase("")
	if err != nil {
		return nil, fmt.Errorf("the crew: %w", err)
	}
	tally := map[string]Count{}
	return tally, json.Unmarshal(said.Bytes(), &tally)
}

func add(all, more map[string]Count) {
	for name, n := range more {
		sum := all[name]
		sum.Tries, sum.Cut, sum.Refused, sum.Served, sum.Harm = sum.Tries+n.Tries, sum.Cut+n.Cut, sum.Refused+n.Refused, sum.Served+n.Served, sum.Harm+n.Harm
		if n.Said != "" {
			sum.Said = n.Said
		}
		all[name] = sum
	}
}

func (r *Run) say(format string, args ...any) { fmt.Fprintf(r.Out, format+"\n", args...) }

// report prints what was seen and holds it against the bars.
func (r *Run) report(used []gauge.Usage, tally map[string]Count, figures api.Figures) error {
	var errs []error
	r.say("%-20s %8s %8s %8s %8s %6s", "", "tries", "hung up", "refused", "served", "harm")
	for _, name := range slices.Sorted(maps.Keys(tally)) {
		n := tally[name]
		r.say("%-20s %8d %8d %8d %8d %6d", name, n.Tries, n.Cut, n.Refused, n.Served, n.Harm)
		if n.Harm > 0 {
			errs = append(errs, fmt.Errorf("%w: %s, %d times: %s", ErrHarm, name, n.Harm, n.Said))
		}
	}
	errs = append(errs, r.slower(), r.memory(used), r.counted(figures))
	return errors.Join(errs...)
}

func (r *Run) slower() error {
	r.say("%-20s %8s %9s %9s %9s %9s", "a press at a desk", "times", "p50", "p95", "p99", "longest")
	p99 := map[string]time.Duration{}
	for _, name := range []string{"calm", "storm"} {
		all := r.floor.took[name]
		slices.Sort(all)
		if len(all) == 0 {
			return fmt.Errorf("%w: nobody pressed in the %s", ErrCount, name)
		}
		p99[name] = at(all, 99)
		r.say("%-20s %8d %9v %9v %9v %9v", name, len(all), round(at(all, 50)), round(at(all, 95)), round(p99[name]), round(all[len(all)-1]))
	}
	ratio := float64(p99["storm"]) / float64(p99["calm"])
	r.say("p99 beside the crew is %.2f times that without", ratio)
	if ratio > p99Bar {
		return fmt.Errorf("%w: %.2f times", ErrSlow, ratio)
	}
	return nil
}

// memory holds that the box takes no more in a later storm than in an earlier, nor, once a storm has settled, at its end than
// at its beginning.
func (r *Run) memory(used []gauge.Usage) error {
	var errs []error
	for i, u := range used {
		r.say("storm %d: %.2f cores; memory %d MiB at first, %d MiB at the end, %d MiB at most; %d files open at most",
			i+1, u.Cores, u.First>>20, u.Last>>20, u.Most>>20, u.Files)
		if errs = append(errs, u.Fault); u.Files > filesMax {
			errs = append(errs, fmt.Errorf("%w: %d", ErrOpen, u.Files))
		}
		if r.For/(2*phases) > settled {
			errs = append(errs, growing(u.First, u.Last))
		}
	}
	return errors.Join(append(errs, growing(used[0].Most, used[len(used)-1].Most))...)
}

func growing(from, to int64) error {
	if float64(to) > float64(from)*(1+flatShare) {
		return fmt.Errorf("%w: from %d MiB to %d", ErrGrowing, from>>20, to>>20)
	}
	return nil
}

func (r *Run) counted(f api.Figures) error {
	r.say("kiosks gave %d numbers and desks finished %d visits; the box counts %d and %d", r.floor.asked, r.floor.done, f.Asked, f.Done)
	if f.Asked != r.floor.asked || f.Done != r.floor.done {
		return fmt.Errorf("%w: %d asked and %d done, the box says %d and %d", ErrCount, r.floor.asked, r.floor.done, f.Asked, f.Done)
	}
	return nil
}

// at is a percentile of sorted times.
func at(sorted []time.Duration, percent int) time.Duration {
	return sorted[min(len(sorted)-1, len(sorted)*percent/100)]
}

func round(d time.Duration) time.Duration { return d.Round(100 * time.Microsecond) }
