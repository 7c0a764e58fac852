package spool

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/health"
	"markaz.example/edge/ledger"
)

// actor is who records what happens to paper.
const actor = "spool"

// station is a printer and what it is doing. Owned by the loop.
type station struct {
	Device
	busy  bool
	rests time.Time // it is left alone until then
}

// run is one Run of a spool. One loop gives out the jobs; every job under way has a goroutine that waits for its printer.
type run struct {
	Spool
	stations []*station
	done     chan ended
	prints   sync.WaitGroup
	began    time.Time
	blocked  time.Time // since when no printer took a job, for a passing trouble; zero when one did
}

// ended is a job that a printer is through with.
type ended struct {
	station *station
	again   bool // it is queued once more, so the printer needs a rest
	err     error
}

// Run prints until the context ends, and then waits for the jobs under way. What it could not record by then is
// uncertain at the next start. It reports what the ledger reports when that can record nothing any more.
func (s *Spool) Run(ctx context.Context) error {
	r := &run{Spool: *s, done: make(chan ended, len(s.Printers)), began: time.Now()}
	if r.Log == nil {
		r.Log = slog.New(slog.DiscardHandler)
	}
	for _, d := range s.Printers {
		r.stations = append(r.stations, &station{Device: d})
	}
	printing, cancel := context.WithCancel(ctx)
	err := r.loop(printing)
	cancel()
	r.prints.Wait()
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (r *run) loop(ctx context.Context) error {
	if err := r.Ledger.Update(ctx, actor, paper.Recover); err != nil {
		return fmt.Errorf("recover print jobs: %w", err)
	}
	for {
		changed := r.Ledger.Changed()
		again, err := r.giveOut(ctx)
		if err != nil {
			return err
		}
		if err := r.await(ctx, changed, again); err != nil {
			return err
		}
	}
}

// await returns when there may be something to give out: a new record, a free printer, or the time is up.
func (r *run) await(ctx context.Context, changed <-chan struct{}, again time.Duration) error {
	var timeUp <-chan time.Time
	if again > 0 {
		timer := time.NewTimer(again)
		defer timer.Stop()
		timeUp = timer.C
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-changed:
	case <-timeUp:
	case e := <-r.done:
		e.station.busy = false
		if e.again {
			e.station.rests = time.Now().Add(rest)
		}
		return e.err
	}
	return nil
}

// giveOut gives the queued jobs to printers, in order, until one has to wait. It returns how long at most, or 0 for
// until something happens.
func (r *run) giveOut(ctx context.Context) (time.Duration, error) {
	for {
		job, ok, err := r.next(ctx)
		if err != nil {
			return 0, err
		}
		if !ok {
			r.blocked = time.Time{}
			return 0, nil
		}
		free, trouble := r.choose()
		switch {
		case free != nil:
			r.blocked = time.Time{}
			err = r.start(ctx, free, job)
		case r.someBusy():
			return 0, nil // it may take the job when it is through
		case trouble.Passing && !r.tooLong():
			return rest, nil
		default:
			err = r.hold(ctx, job, trouble)
		}
		if errors.Is(err, ledger.ErrFull) {
			return fullRetry, nil
		}
		if err != nil && !errors.Is(err, paper.ErrState) { // it was withdrawn a moment ago
			return 0, err
		}
	}
}

// next is the first job that waits, and tells health how many are held.
func (r *run) next(ctx context.Context) (job paper.Job, ok bool, err error) {
	err = r.Ledger.View(ctx, func(s ledger.Snapshot) error {
		if first := paper.Waiting(s, 1); len(first) > 0 {
			job, ok = first[0], true
		}
		r.tellHeld(paper.Count(s))
		return nil
	})
	return job, ok, err
}

func (r *run) tellHeld(c paper.Counts) {
	if r.Health == nil {
		return
	}
	if c.Held+c.Uncertain == 0 {
		r.Health.Clear(ConditionHeld, "")
		return
	}
	r.Health.Set(ConditionHeld, "", health.Warning, fmt.Sprintf("%d held, %d uncertain", c.Held, c.Uncertain))
}

// choose is the first printer that can take a job; nil and the trouble when there is none. A trouble that passes
// counts before one that needs somebody: it is the sooner end. No printer takes the job of one before it that is about
// to be there: after a restart of the box its papers would come out in another hall.
func (r *run) choose() (*station, Trouble) {
	trouble := Trouble{Reason: paper.ReasonOffline}
	for i, st := range r.stations {
		if st.busy {
			continue
		}
		now := r.stateOf(st)
		if now == nil {
			return st, trouble
		}
		if i == 0 || now.Passing && !trouble.Passing {
			trouble = *now
		}
		if r.starting(*now) {
			break
		}
	}
	return nil, trouble
}

// stateOf is nil when a printer may be given a job.
func (r *run) stateOf(st *station) *Trouble {
	if time.Now().Before(st.rests) {
		return &Trouble{Reason: paper.ReasonBusy, Passing: true}
	}
	if err := st.Ready(); err != nil {
		t := troubleOf(err)
		t.Passing = t.Passing || r.starting(t)
		return &t
	}
	return nil
}

// starting says that a printer may only not have been heard yet.
func (r *run) starting(t Trouble) bool {
	return t.Reason == paper.ReasonOffline && time.Since(r.began) < warmUp
}

func (r *run) someBusy() bool {
	for _, st := range r.stations {
		if st.busy {
			return true
		}
	}
	return false
}

// tooLong says that a passing trouble has not passed.
func (r *run) tooLong() bool {
	if r.blocked.IsZero() {
		r.blocked = time.Now()
	}
	return time.Since(r.blocked) >= passingMax
}

func (r *run) hold(ctx context.Context, job paper.Job, t Trouble) error {
	r.Log.Warn("print job held", "kind", job.Form, "err", t.Error())
	return r.Ledger.Update(ctx, actor, func(tx *ledger.Tx) error { return paper.Hold(tx, job.ID, t.Reason) })
}

// start records that a printer is given a job, and only then gives it.
func (r *run) start(ctx context.Context, st *station, job paper.Job) error {
	var started paper.Job
	err := r.Ledger.Update(ctx, actor, func(tx *ledger.Tx) (err error) {
		started, err = paper.Start(tx, job.ID, st.Name)
		return err
	})
	if err != nil {
		return err
	}
	st.busy = true
	r.prints.Go(func() { r.done <- r.print(ctx, st, started) })
	return nil
}

// print is the whole life of a job at a printer.
func (r *run) print(ctx context.Context, st *station, job paper.Job) ended {
	failure := st.Print(ctx, job)
	if failure == nil {
		err := r.record(ctx, func(tx *ledger.Tx) error { return r.confirm(tx, job) })
		if err == nil || lost(err) {
			return ended{station: st, err: err}
		}
		failure = fmt.Errorf("record what the paper leads to: %w", err)
	}
	failed := r.judge(job, failure)
	r.Log.Warn("print job failed", "dev", st.Name, "kind", job.Form, "err", failure)
	err := r.record(ctx, func(tx *ledger.Tx) error { return paper.Fail(tx, failed) })
	return ended{st, failed.Again, err}
}

func (r *run) confirm(tx *ledger.Tx, job paper.Job) error {
	if err := paper.Confirm(tx, job.ID); err != nil {
		return err
	}
	return r.Printed(tx, job)
}

// judge decides what a failure means for the job. Where a second printer stands by, a lasting trouble of this one is
// worth another try as well.
func (r *run) judge(job paper.Job, failure error) paper.Failed {
	t := troubleOf(failure)
	certain := errors.Is(failure, ErrNotSent)
	return paper.Failed{
		Job: job.ID, Reason: t.Reason, Certain: certain,
		Again: certain && job.Tries < triesMax && (t.Passing || len(r.stations) > 1),
	}
}

// record takes a decision about paper that is out or not: it outlives the context, and it waits for room on the disk.
func (r *run) record(ctx context.Context, decision func(*ledger.Tx) error) error {
	for {
		err := r.Ledger.Update(context.WithoutCancel(ctx), actor, decision)
		if !errors.Is(err, ledger.ErrFull) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(fullRetry):
		}
	}
}

// lost says that the ledger records nothing more in this run.
func lost(err error) bool {
	return errors.Is(err, ledger.ErrStopped) || errors.Is(err, ledger.ErrUnknown) || errors.Is(err, ledger.ErrFull)
}
