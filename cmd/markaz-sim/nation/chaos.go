package nation

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"syscall"
	"time"

	"markaz.example/cmd/markaz-sim/lab"
	"markaz.example/cmd/markaz-sim/stage"
)

// Chaos harms a nation at random for a while: lines of boxes and of nodes, boxes and nodes themselves, all nodes
// together, PostgreSQL. Then everything is mended, and the judge compares.
type Chaos struct {
	Nation *Nation
	Seed   uint64 // of what is harmed, when, and for how long; what comes of it is the machine's
	Length time.Duration
	Out    io.Writer

	random *rand.Rand
	mu     sync.Mutex
	counts map[string]int // guarded by mu: what was done, how often
	parts  sync.WaitGroup
}

// Pauses and spans are drawn from continuous ranges, so that no two rhythms fall into step.
const (
	harmEvery   = 700 * time.Millisecond // at the median
	harmSpan    = 3 * time.Second
	downSpan    = 2 * time.Second
	settleMax   = 3 * time.Minute // after everything was mended
	blackoutOdd = 40              // one harm in so many is a blackout of all nodes
)

// Run harms, mends, waits and judges. It reports ErrWrong.
func (c *Chaos) Run(ctx context.Context) error {
	c.random, c.counts = rand.New(rand.NewPCG(c.Seed, c.Seed)), map[string]int{}
	running, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- c.Nation.Run(running) }()
	err := c.Nation.Gather(ctx)
	if err == nil {
		err = c.play(ctx, ended)
	}
	stop()
	if err = errors.Join(err, <-ended); err != nil {
		return err
	}
	return c.judge(ctx)
}

func (c *Chaos) play(ctx context.Context, ended chan error) error {
	c.say("%d centres, %d nodes; seed %d, for %s", len(c.Nation.Centres), len(c.Nation.Nodes), c.Seed, c.Length)
	harming, over := context.WithTimeout(ctx, c.Length)
	defer over()
	told := time.Now()
	for rest(harming, c.draw(harmEvery)) {
		select {
		case err := <-ended:
			ended <- nil
			return fmt.Errorf("the nation ended early: %w", err)
		default:
		}
		c.harm(harming)
		if time.Since(told) > 10*time.Second {
			told = time.Now()
			c.tell()
		}
	}
	over()
	c.parts.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return c.mend(ctx)
}

// harm does one thing to somebody.
func (c *Chaos) harm(ctx context.Context) {
	centre := c.Nation.Centres[c.random.IntN(len(c.Nation.Centres))]
	node := c.Nation.Nodes[c.random.IntN(len(c.Nation.Nodes))]
	span := c.draw(harmSpan)
	fault := lab.Fault(1 + c.random.IntN(lab.Faults-1))
	switch what := c.random.IntN(blackoutOdd); {
	case what == 0:
		c.blackout(ctx, span)
	case what == 1 && c.Nation.store != nil:
		c.count("PostgreSQL lost its power")
		if err := c.Nation.store.cut(); err != nil {
			c.say("PostgreSQL: %v", err)
		}
	case what < 14:
		c.line(ctx, "box's line "+fault.String(), centre.Line, fault, span)
	case what < 20 && node.Host != nil:
		c.line(ctx, "node's line "+fault.String(), node.Host, fault, span)
	case what < 30:
		c.kill(ctx, "box killed", centre.Child, syscall.SIGKILL, 0)
	case what < 34:
		c.kill(ctx, "node killed", node.Process, syscall.SIGKILL, c.draw(downSpan))
	case what < 37:
		c.kill(ctx, "node restarted in good order", node.Process, syscall.SIGTERM, 0)
	default:
		c.freeze(ctx, node.Process, span)
	}
}

// line harms a line for a while.
func (c *Chaos) line(ctx context.Context, what string, l Line, f lab.Fault, span time.Duration) {
	c.count(what)
	c.parts.Go(func() {
		if err := l.Set(context.WithoutCancel(ctx), f); err != nil {
			c.say("%s: %v", what, err)
		}
		rest(ctx, span)
		if err := l.Set(context.WithoutCancel(ctx), lab.Whole); err != nil {
			c.say("mend a line: %v", err)
		}
	})
}

// kill ends a process, which is started again after a while.
func (c *Chaos) kill(ctx context.Context, what string, p *stage.Process, s syscall.Signal, down time.Duration) {
	if p == nil || !p.Up() {
		return
	}
	c.count(what)
	p.Hold(down > 0)
	_ = p.Signal(s) // it may have ended by itself
	c.parts.Go(func() {
		rest(ctx, down)
		p.Hold(false)
	})
}

// freeze lets a process stand still, as a starved machine does, and go on.
func (c *Chaos) freeze(ctx context.Context, p *stage.Process, span time.Duration) {
	if !p.Up() || p.Signal(syscall.SIGSTOP) != nil {
		return
	}
	c.count("node stood still")
	c.parts.Go(func() {
		rest(ctx, span)
		_ = p.Signal(syscall.SIGCONT) // it may have been killed meanwhile
	})
}

// blackout ends all nodes at once.
func (c *Chaos) blackout(ctx context.Context, span time.Duration) {
	for _, n := range c.Nation.Nodes {
		c.kill(ctx, "node lost its power with the others", n.Process, syscall.SIGKILL, span)
	}
}

// mend ends all harm and waits until headquarters has everything.
func (c *Chaos) mend(ctx context.Context) error {
	var errs []error
	for _, n := range c.Nation.Nodes {
		_ = n.Process.Signal(syscall.SIGCONT)
		if n.Host != nil {
			errs = append(errs, n.Host.Set(ctx, lab.Whole))
		}
	}
	for _, centre := range c.Nation.Centres {
		errs = append(errs, centre.Line.Set(ctx, lab.Whole), centre.CloseDoors())
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	c.say("mended; waiting until everything is there")
	for deadline := time.Now().Add(settleMax); !c.settled(); {
		if time.Now().After(deadline) {
			s := c.Nation.Standing()
			return fmt.Errorf("%w: %d records are still on their way, %d of %d boxes are linked, %s after everything was mended",
				ErrWrong, s.Behind, s.Linked, len(c.Nation.Centres), settleMax)
		}
		if !rest(ctx, lookEvery) {
			return ctx.Err()
		}
	}
	if c.Nation.store != nil {
		if err := c.Nation.store.await(ctx, c.Nation.Standing().Head); err != nil {
			return err
		}
	}
	return c.Nation.Level(ctx)
}

func (c *Chaos) settled() bool {
	s := c.Nation.Standing()
	return s.Behind == 0 && s.Linked == len(c.Nation.Centres) && s.Head > 0
}

func (c *Chaos) judge(ctx context.Context) error {
	v, err := c.Nation.Judge(ctx)
	if err != nil {
		return err
	}
	if c.Nation.store != nil {
		if err := c.Nation.store.compare(ctx, c.Nation.Nodes[0].Archive()); err != nil {
			v.say("%v", err)
		} else {
			c.say("PostgreSQL equals the archive row for row")
		}
	}
	c.tell()
	return v.tell(c.Out)
}

func (c *Chaos) count(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[what]++
}

func (c *Chaos) tell() {
	c.mu.Lock()
	defer c.mu.Unlock()
	total := 0
	for _, n := range c.counts {
		total += n
	}
	s := c.Nation.Standing()
	c.say("%d harms; %d of %d linked, %d records, %d still to come", total, s.Linked, len(c.Nation.Centres), s.Head, s.Behind)
}

// Counts is what was done, and how often.
func (c *Chaos) Counts() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := map[string]int{}
	for what, n := range c.counts {
		out[what] = n
	}
	return out
}

func (c *Chaos) say(format string, args ...any) { fmt.Fprintf(c.Out, format+"\n", args...) }

// draw is a time around d, from a tenth to twice.
func (c *Chaos) draw(d time.Duration) time.Duration {
	return time.Duration((0.1 + 1.9*c.random.Float64()) * float64(d))
}
