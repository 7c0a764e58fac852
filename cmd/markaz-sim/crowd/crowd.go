package crowd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"markaz.example/cmd/markaz-sim/client"
	"markaz.example/cmd/markaz-sim/gauge"
	"markaz.example/cmd/markaz-sim/stage"
	"markaz.example/edge/id"
)

// Crowd is one run on a stage that nothing else uses.
type Crowd struct {
	Stage   *stage.Stage
	Desks   []id.Desk     // that work
	Screens int           // in the halls
	Phones  int           // at least so many people wait, each with a phone that watches
	Rate    float64       // presses a second
	For     time.Duration // how long
	Out     io.Writer
	hall

	box *client.Client
}

// hall is everybody in it.
type hall struct {
	screens []*watcher
	desks   []*clerk
	pool    *phones
	times   times
	rolls   atomic.Int64 // that were put in
}

// Run fills the hall, presses, and prints what it saw. It reports ErrSlow, ErrGrowing or ErrBusy when a bar was missed, and
// any press that did not come to every screen.
func (c *Crowd) Run(ctx context.Context) error {
	ctx, fail := context.WithCancelCause(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer fail(nil)
	run := func(part func(context.Context) error) {
		all.Go(func() {
			if err := part(ctx); err != nil {
				fail(err)
			}
		})
	}
	run(c.Stage.Run)
	if err := stage.Await(ctx, c.Stage.BoxURL("/healthz")); err != nil {
		return err
	}
	c.box = client.New(c.Stage.BoxURL, c.Stage.Root())
	run(c.keepPaper)
	c.open(run)
	if err := c.fill(ctx); err != nil {
		return errors.Join(err, context.Cause(ctx))
	}
	probe := gauge.New(c.Stage.Box)
	run(probe.Run)
	c.say("%d people wait, %d screens, %d desks; %.0f presses a second for %v", c.pool.waiting(), c.Screens, len(c.desks), c.Rate, c.For)
	err := c.press(ctx)
	if err == nil {
		err = client.Pause(ctx, settleTime)
	}
	if cause := context.Cause(ctx); cause != nil && err != nil {
		return errors.Join(err, cause)
	}
	return errors.Join(err, c.report(probe.Done()))
}

func (c *Crowd) say(format string, args ...any) { fmt.Fprintf(c.Out, format+"\n", args...) }

// open opens the screens of halls and desks.
func (c *Crowd) open(run func(func(context.Context) error)) {
	ur := url.Values{"lang": {"ur"}}
	watch := func(w *watcher, i int) {
		run(func(ctx context.Context) error { return w.run(ctx, c.Stage, addressOf(1, i)) })
	}
	for i := range c.Screens {
		w := newWatcher(livePage("/hall", ur), hallShows)
		c.screens = append(c.screens, w)
		watch(w, i)
	}
	for i, code := range c.Desks {
		d := &clerk{code: string(code), screen: newWatcher(livePage("/desk/"+string(code), ur), deskShows())}
		c.desks = append(c.desks, d)
		watch(d.screen, c.Screens+i)
	}
	c.pool = &phones{stage: c.Stage, run: run, open: map[string]*phone{}}
}

// addressOf is an address of this machine that no other browser of a run has: the box bounds what one address may hold.
func addressOf(kind, i int) net.IP { return net.IPv4(127, byte(kind), byte(i>>7), byte(2*i&0xff|1)) }

// fill lets people in until enough wait.
func (c *Crowd) fill(ctx context.Context) error {
	next := make(chan struct{}, c.Phones)
	for range c.Phones {
		next <- struct{}{}
	}
	close(next)
	var kiosks sync.WaitGroup
	errs := make(chan error, fillPress)
	for range fillPress {
		kiosks.Go(func() {
			for range next {
				if _, err := c.letIn(ctx); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	kiosks.Wait()
	close(errs)
	return <-errs
}

// press presses at the rate until the time is up. Desks go on where they stand; for every visit that begins at a desk one
// more person comes in.
func (c *Crowd) press(ctx context.Context) error {
	begin, every := time.Now(), time.Duration(float64(time.Second)/c.Rate)
	var under sync.WaitGroup
	defer under.Wait()
	for i := 0; ; i++ {
		due := begin.Add(time.Duration(i) * every)
		if due.Sub(begin) >= c.For {
			return nil
		}
		if err := client.Pause(ctx, time.Until(due)); err != nil {
			return err
		}
		under.Go(func() { c.times.fault(c.one(ctx, i, due)) })
	}
}

// one is one press: every fourth at a kiosk, the others at the desks in turn.
func (c *Crowd) one(ctx context.Context, i int, due time.Time) error {
	if i%4 == 0 {
		_, err := c.letIn(ctx)
		c.times.took("kiosk: paper in hand", time.Since(due))
		return err
	}
	d := c.desks[(i-i/4-1)%len(c.desks)]
	return c.step(ctx, d, due)
}
