package chaos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"

	"markaz.example/cmd/markaz-sim/client"
	"markaz.example/cmd/markaz-sim/stage"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/web/api"
)

// ErrWrong is reported when a paper is lost, or printed twice without the word for it.
var ErrWrong = errors.New("papers are wrong")

// Chaos is one run on a stage that nothing else uses. Set the fields, then call Run once.
type Chaos struct {
	Stage *stage.Stage
	Jobs  int
	Seed  uint64
	Out   io.Writer // for the story and the report
	Only  string    // one kind of fault, by its name; empty for all
	Liar  bool      // the control: the printer answers before it prints

	trip   *trip
	box    *client.Client
	random *rand.Rand
	span   int // bytes of a slip, as measured
	tally  map[string]*tally
	wrong  []string
}

// tally is what became of the jobs of one fault.
type tally struct{ Jobs, AtOnce, Held, Uncertain int }

// Run prints and judges. It reports ErrWrong.
func (c *Chaos) Run(ctx context.Context) error {
	if c.Only != "" && !slices.ContainsFunc(faults(), func(f fault) bool { return f.name == c.Only }) {
		return fmt.Errorf("there is no fault %q", c.Only)
	}
	c.trip = &trip{Device: c.Stage.Printer.Sim, liar: c.Liar}
	c.Stage.Printer.Device = c.trip
	c.box, c.span, c.tally = client.New(c.Stage.BoxURL, c.Stage.Root()), spanDefault, map[string]*tally{}
	c.random = rand.New(rand.NewPCG(c.Seed, 0))
	fmt.Fprintf(c.Out, "%d jobs, seed %d\n", c.Jobs, c.Seed)
	if err := c.onStage(ctx); err != nil {
		return err
	}
	c.report()
	if len(c.wrong) > 0 {
		return fmt.Errorf("%w: %d of %d jobs", ErrWrong, len(c.wrong), c.Jobs)
	}
	return c.verify(ctx)
}

// onStage runs the stage while the jobs are printed, and stops it in good order afterwards.
func (c *Chaos) onStage(ctx context.Context) error {
	running, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- c.Stage.Run(running) }()
	err := stage.Await(ctx, c.Stage.BoxURL("/healthz"))
	for i := 0; i < c.Jobs && err == nil; i++ {
		err = c.job(ctx, i)
	}
	stop()
	return errors.Join(err, <-ended)
}

// job is one number from the press to the paper in hand.
func (c *Chaos) job(ctx context.Context, n int) error {
	ctx, cancel := context.WithTimeoutCause(ctx, jobWait, fmt.Errorf("job %d has no paper after %v", n+1, jobWait))
	defer cancel()
	before := len(c.Stage.Printer.Pages())
	hit := draw(c.random, c.span, c.Only)
	if n == 0 {
		hit = blow{fault: faults()[0], at: 1}
	}
	over := hit.strike(c.Stage, c.trip)
	v, err := c.ask(ctx, n)
	if err != nil {
		return c.cause(ctx, err)
	}
	states, s, err := c.obtain(ctx, v)
	if err != nil {
		return c.cause(ctx, fmt.Errorf("job %d, %s at byte %d: %w", n+1, hit.name, hit.at, err))
	}
	seen := c.trip.arm(0, nil)
	if n == 0 {
		c.span = seen
	}
	if seen >= hit.at {
		<-over
	}
	c.count(hit.name, states)
	for _, what := range judge(s.Code, read(c.Stage.Printer.Pages()[before:])) {
		c.wrong = append(c.wrong, fmt.Sprintf("job %d (%s), %s at byte %d for %v: %s", n+1, s.Token, hit.name, hit.at, hit.lasts, what))
	}
	return nil
}

// cause prefers why the time was up to that it was.
func (c *Chaos) cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errors.Join(context.Cause(ctx), err)
	}
	return err
}

// ask presses the kiosk until the box answers. One press is one number, however often it is sent.
func (c *Chaos) ask(ctx context.Context, n int) (id.Visit, error) {
	press := fmt.Sprintf("chaos-%d-%d", c.Seed, n)
	services := []string{"kafaalat", "nashonuma", "survey"}
	for {
		v, err := c.box.Ask(ctx, "1", press, services[n%len(services):n%len(services)+1])
		if err == nil || !errors.Is(err, client.ErrNoAnswer) {
			return v, err
		}
		if err := client.Pause(ctx, retryEvery); err != nil {
			return "", err
		}
	}
}

// obtain presses for the paper until it is in hand. It gives the states that the screen showed on the way.
func (c *Chaos) obtain(ctx context.Context, v id.Visit) (states map[desk.SlipState]bool, s api.Slip, err error) {
	states = map[desk.SlipState]bool{}
	for {
		s, err = c.box.Slip(ctx, v)
		wait := lookEvery
		switch {
		case errors.Is(err, client.ErrNoAnswer):
			wait = retryEvery
		case err != nil:
			return states, s, err
		case s.State == desk.SlipInHand:
			return states, s, nil
		case s.State == desk.SlipHeld, s.State == desk.SlipUncertain:
			states[s.State] = true
			if err := c.box.PrintAgain(ctx, v, "1"); err != nil && !errors.Is(err, client.ErrNoAnswer) {
				return states, s, err
			}
			wait = pressEvery
		}
		if err := client.Pause(ctx, wait); err != nil {
			return states, s, fmt.Errorf("paper is %q: %w", s.State, err)
		}
	}
}

func (c *Chaos) count(name string, states map[desk.SlipState]bool) {
	t := c.tally[name]
	if t == nil {
		t = &tally{}
		c.tally[name] = t
	}
	t.Jobs++
	switch {
	case states[desk.SlipUncertain]:
		t.Uncertain++
	case states[desk.SlipHeld]:
		t.Held++
	default:
		t.AtOnce++
	}
}

func (c *Chaos) report() {
	fmt.Fprintf(c.Out, "%-28s %6s %8s %6s %10s\n", "fault", "jobs", "at once", "held", "uncertain")
	for _, name := range slices.Sorted(maps.Keys(c.tally)) {
		t := c.tally[name]
		fmt.Fprintf(c.Out, "%-28s %6d %8d %6d %10d\n", name, t.Jobs, t.AtOnce, t.Held, t.Uncertain)
	}
	fmt.Fprintf(c.Out, "%d papers came out, the box was started %d times, %d jobs are wrong; seed %d\n",
		len(c.Stage.Printer.Pages()), c.Stage.Box.Starts(), len(c.wrong), c.Seed)
	for _, w := range c.wrong {
		fmt.Fprintln(c.Out, "WRONG:", w)
	}
}

// verify checks the chain that all of it left behind.
func (c *Chaos) verify(ctx context.Context) error {
	file := filepath.Join(c.Stage.Dir, "box", "ledger.db")
	out, err := exec.CommandContext(ctx, filepath.Join(c.Stage.Bin, "markaz"), "ledger", "verify", file).CombinedOutput()
	if err != nil {
		return fmt.Errorf("verify the ledger: %w: %s", err, out)
	}
	fmt.Fprintf(c.Out, "%s", out)
	return nil
}
