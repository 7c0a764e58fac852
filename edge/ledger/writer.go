package ledger

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/disk"
)

// request is one caller waiting for one decision.
type request struct {
	ctx    context.Context
	actor  string
	decide func(*Tx) error
	err    error
	done   chan error
}

// Update takes one decision. The function runs inside the write transaction: what it reads is still true when its
// events are recorded. It may be run more than once, so it must have no effect of its own beyond variables it sets
// anew each time. What it returns as an error is a refusal: nothing is written and Update returns it.
// A nil result means that the events are on disk. Actor says who decides: "desk/A".
func (l *Ledger) Update(ctx context.Context, actor string, decide func(*Tx) error) error {
	r := &request{ctx: ctx, actor: actor, decide: decide, done: make(chan error, 1)}
	select {
	case <-l.stopped:
		return ErrStopped
	case <-ctx.Done():
		return ctx.Err()
	case l.requests <- r:
	}
	select {
	case err := <-r.done:
		return err
	case <-l.stopped:
		return l.answerOrStopped(r)
	}
}

// answerOrStopped: the writer has ended; it answered this request before, or never will.
func (l *Ledger) answerOrStopped(r *request) error {
	select {
	case err := <-r.done:
		return err
	default:
		return ErrStopped
	}
}

// Run is the one writer. It ends with nil when the context ends, or with ErrUnknown, after which the process must
// leave.
func (l *Ledger) Run(ctx context.Context) error {
	defer close(l.stopped)
	defer l.testify(false) // what a good end leaves is told to the last
	ctx, stop := context.WithCancel(ctx)
	var beside sync.WaitGroup
	beside.Go(func() { l.sealCold(ctx) })
	beside.Go(func() { l.tend(ctx) })
	beside.Go(func() { _ = l.patrol.Run(ctx) }) // what it finds is a state, not an end
	defer beside.Wait()
	defer stop()
	return l.write(ctx)
}

func (l *Ledger) write(ctx context.Context) error {
	beat := time.NewTicker(BeatEvery)
	defer beat.Stop()
	var group []*request
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-beat.C: // of this loop and no other: one that is stuck in a decision or a commit is silent
			l.beat()
		case f := <-l.filings:
			f.done <- l.file(f.Sealed)
		case r := <-l.requests:
			group = l.gather(r, len(group) > 1)
			l.commit(group)
		}
		if err := l.Failed(); err != nil {
			return err
		}
	}
}

// gather takes whatever has queued up while the last commit was syncing. When that had several callers it lets them run
// once before it gives up: who was just answered comes back with the next decision, and shares this commit instead of
// the one after.
func (l *Ledger) gather(first *request, crowded bool) []*request {
	group := []*request{first}
	for len(group) < groupMax {
		select {
		case r := <-l.requests:
			group = append(group, r)
			continue
		default:
		}
		if !crowded {
			break
		}
		crowded = false
		runtime.Gosched()
	}
	return group
}

// commit decides and records a group in one transaction and answers everyone in it.
func (l *Ledger) commit(group []*request) {
	l.begun.Store(time.Now().UnixNano())
	head, err := l.transact(group)
	if errors.Is(err, ErrFull) && l.release() {
		head, err = l.transact(group)
	}
	l.begun.Store(0)
	switch {
	case err == nil:
		l.head = head
		l.acknowledge(head)
	case errors.Is(err, ErrFull):
	default:
		err = l.poison(err)
	}
	for _, r := range group {
		if r.err == nil {
			r.err = err
		}
		r.done <- r.err
	}
}

// errAgain says that a projection failed half-way: the transaction is spoilt, the others are decided anew without it.
var errAgain = errors.New("decide again")

// transact reports nil, ErrFull when nothing was written, or a failure whose outcome is unknown.
func (l *Ledger) transact(group []*request) (chain.Position, error) {
	for {
		head, err := l.attempt(group)
		if !errors.Is(err, errAgain) {
			return head, err
		}
	}
}

// attempt runs under guard: bbolt falls over pages that are damaged. What it then did is unknown.
func (l *Ledger) attempt(group []*request) (head chain.Position, err error) {
	defer store.Guard(&err)()
	l.db.MaxSize = int(l.ceiling.Load()) // bbolt looks at it while it writes, which only this goroutine lets it
	tx, err := l.db.Begin(true)
	if err != nil {
		return l.head, err
	}
	defer tx.Rollback() // without effect after a commit; after a fall it lets the file be closed
	w := writing{ledger: l, log: tx.Bucket(logName), tx: tx, head: l.head, now: l.clock.Now(), room: l.ballast.Room()}
	w.log.FillPercent = logFill
	for _, r := range group {
		if err := w.take(r); err != nil {
			return l.head, errors.Join(err, tx.Rollback())
		}
	}
	if w.head == l.head {
		return l.head, tx.Rollback() // every decision was a refusal
	}
	if err := errors.Join(w.putConfirmed(tx), w.putAncestors(tx), markSums(tx, w.head.Seq)); err != nil {
		return l.head, errors.Join(err, tx.Rollback())
	}
	began := time.Now()
	err = store.CommitError(l.commitTx(tx))
	l.commits.Add(time.Since(began))
	return w.head, err
}

// writing is one transaction being filled.
type writing struct {
	ledger *Ledger
	log    *bolt.Bucket
	tx     *bolt.Tx
	head   chain.Position
	now    clock.Stamp
	room   disk.Room
}

// take runs one decision and records what it decided. A refusal stays with its caller.
func (w *writing) take(r *request) error {
	if r.err != nil {
		return nil // failed in an earlier attempt
	}
	if r.ctx != nil && r.ctx.Err() != nil {
		r.err = r.ctx.Err()
		return nil
	}
	tx := &Tx{Snapshot: Snapshot{w.tx, w.head.Seq}, now: w.now, room: w.room, shelf: &w.ledger.shelf}
	if r.err = run(r.decide, tx); r.err != nil {
		return nil
	}
	for _, p := range tx.pending {
		if err := w.record(r.actor, p); err != nil {
			r.err = err
			return errAgain
		}
	}
	return nil
}

// record appends one event to the log and projects it. After an error the transaction is of no use.
func (w *writing) record(actor string, p pending) (err error) {
	h := chain.Header{Seq: w.head.Seq + 1, Stamp: w.now, Kind: p.event.Kind(), Actor: actor, Subject: p.subject}
	stored, err := chain.Encode(chain.Record{Header: h, Body: p.body})
	if err != nil {
		return fmt.Errorf("record %s: %w", h.Kind, err)
	}
	next := chain.Position{Seq: h.Seq, Hash: chain.Link(w.head.Hash, stored)}
	if err := w.log.Put(seqKey(h.Seq), row(next.Hash, stored)); err != nil {
		return fmt.Errorf("record %s at %d: %w", h.Kind, h.Seq, err)
	}
	if err := project(p.kind, Snapshot{w.tx, h.Seq}, w.ledger.shelf, h, p.event); err != nil {
		return err
	}
	w.head = next
	return nil
}

func project(k shelved, views Snapshot, s shelf, h chain.Header, e Event) (err error) {
	defer recovered(&err)
	name := s.books[k.book].Name
	v := View{views.Reader(name), sumOf(views.tx, name)}
	if err := k.project(v, h, e); err != nil {
		return fmt.Errorf("project %s at %d: %w", h.Kind, h.Seq, err)
	}
	return nil
}

func run(decide func(*Tx) error, tx *Tx) (err error) {
	defer recovered(&err)
	return decide(tx)
}

func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: %v\n%s", ErrPanic, p, debug.Stack())
	}
}

// timeToldAfter is how far the clock must be off before being told the time again is worth a record.
const timeToldAfter = time.Second

// Tell sets the clock from a trusted source and records that. Being told again what is known already is not recorded.
func (l *Ledger) Tell(ctx context.Context, actor string, t time.Time, g clock.Grade) error {
	now := l.clock.Now()
	if now.Grade == g && now.Time().Sub(t).Abs() < timeToldAfter && l.told.Load() {
		return nil
	}
	if !l.clock.Tell(t, g) {
		return nil // a better source has spoken
	}
	now = l.clock.Now()
	err := l.Update(ctx, actor, func(tx *Tx) error {
		return tx.Append("", TimeTold{Mono: now.Mono, Wall: now.Wall, Grade: uint8(g)})
	})
	l.told.Store(err == nil)
	return err
}
