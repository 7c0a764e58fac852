package day

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"markaz.example/cmd/markaz-sim/client"
	"markaz.example/cmd/markaz-sim/papers"
	"markaz.example/cmd/markaz-sim/stage"
	"markaz.example/edge/web/api"
	"markaz.example/sync/fleet"
)

// ErrDifference is reported when the witnesses of the day do not agree.
var ErrDifference = errors.New("the day's counts differ")

// Day is one scripted day on a stage that nothing else uses.
type Day struct {
	Stage  *stage.Stage
	Visits int
	Seed   uint64    // of who wants what
	Out    io.Writer // for the story and the report
}

// Run plays the day and prints its report. It reports ErrDifference.
func (d *Day) Run(ctx context.Context) error {
	start := time.Now()
	p := newPeople(client.New(d.Stage.BoxURL, d.Stage.Root()), d.Seed)
	if err := d.onStage(ctx, p); err != nil {
		return err
	}
	e, err := d.collect(ctx, p)
	if err != nil {
		return err
	}
	d.say("the day took %v", time.Since(start).Round(time.Second))
	if !e.print(d.Out) {
		return ErrDifference
	}
	return nil
}

func (d *Day) say(format string, args ...any) { fmt.Fprintf(d.Out, format+"\n", args...) }

// onStage runs the stage while the day is played, and stops it in good order afterwards.
func (d *Day) onStage(ctx context.Context, p *people) error {
	running, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- d.Stage.Run(running) }()
	err := errors.Join(stage.Await(ctx, d.Stage.BoxURL("/healthz")), stage.Await(ctx, d.Stage.HQURL("/")))
	if err == nil {
		err = d.play(ctx, p)
	}
	stop()
	return errors.Join(err, <-ended)
}

// play lets everybody in, and waits until headquarters has it all.
func (d *Day) play(ctx context.Context, p *people) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var all, visitors sync.WaitGroup
	run := func(wg *sync.WaitGroup, part func() error) {
		wg.Go(func() {
			if err := part(); err != nil {
				fail(err)
			}
		})
	}
	next := make(chan int)
	for k := range kiosks {
		run(&visitors, func() error { return d.queue(ctx, p, strconv.Itoa(k+1), next) })
	}
	run(&all, func() error { return play(ctx, d.Stage, d.Visits, p.here, d.say) })
	run(&all, func() error { return d.letIn(ctx, next) })
	everyone := make(chan struct{})
	for _, code := range []string{"A", "B", "C", "D"} {
		run(&all, func() error { return p.serve(ctx, code, func() bool { return d.empty(ctx, p, everyone) }) })
	}
	visitors.Wait()
	close(everyone)
	all.Wait()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	d.say("%4d of %d: everybody served; waiting for headquarters", p.here(), d.Visits)
	return d.drained(ctx, p)
}

func (d *Day) letIn(ctx context.Context, next chan<- int) error {
	defer close(next)
	for i := range d.Visits {
		select {
		case next <- i:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// queue is the people at one kiosk, one after the other.
func (d *Day) queue(ctx context.Context, p *people, kiosk string, next <-chan int) error {
	for range next {
		if err := p.visit(ctx, kiosk); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// empty says that nobody will come any more and nobody waits.
func (d *Day) empty(ctx context.Context, p *people, everyone <-chan struct{}) bool {
	select {
	case <-everyone:
	default:
		return false
	}
	f, err := client.Get[api.Figures](ctx, p.box, "/api/figures")
	return err == nil && f.Waiting+f.Called+f.Serving+f.Printing == 0
}

// drained waits until headquarters says that it has the box's whole chain.
func (d *Day) drained(ctx context.Context, p *people) error {
	ctx, cancel := context.WithTimeoutCause(ctx, drainWait, errors.New("headquarters did not get everything in time"))
	defer cancel()
	for {
		f, boxErr := client.Get[api.Figures](ctx, p.box, "/api/figures")
		r, hqErr := client.Get[fleet.Report](ctx, client.New(d.Stage.HQURL, ""), "/fleet.json")
		if boxErr == nil && hqErr == nil && r.Held == f.Seq {
			return nil
		}
		if client.Pause(ctx, lookEvery) != nil {
			return context.Cause(ctx)
		}
	}
}

// collect asks every witness, with the programs stopped.
func (d *Day) collect(ctx context.Context, p *people) (e evidence, err error) {
	e = evidence{
		visits: d.Visits, asked: p.asked, unsure: p.unsure,
		kills: d.Stage.Box.Starts() - 1, restarts: d.Stage.HQ.Starts() - 1,
	}
	e.papers, e.torn = papers.ReadAll(d.Stage.Printer.Pages())
	ledger, archive := filepath.Join(d.Stage.Dir, "box", "ledger.db"), filepath.Join(d.Stage.Dir, "hq", "archive.db")
	e.boxFault = d.tool(ctx, "markaz", "ledger", "verify", ledger)
	e.hqFault = d.tool(ctx, "markaz-hq", "archive", "verify", archive)
	if e.box, err = dump(ctx, filepath.Join(d.Stage.Bin, "markaz"), "ledger", "dump", ledger); err != nil {
		return e, err
	}
	held, err := dump(ctx, filepath.Join(d.Stage.Bin, "markaz-hq"), "archive", "dump", archive, "ISB-01")
	e.hq = held.hashes
	return e, err
}

func (d *Day) tool(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, filepath.Join(d.Stage.Bin, name), args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	d.say("%s", out[:max(0, len(out)-1)])
	return nil
}
