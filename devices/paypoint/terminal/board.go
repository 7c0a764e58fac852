package terminal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Terminal is one that the centre has.
type Terminal struct {
	ID   ID
	Kind Kind
}

// Status is a terminal as it is now.
type Status struct {
	Terminal
	State                   // as it was said
	Can    Verdict          // damped: what people are told
	Told   [AxisCount]Value // damped: what people are told of each axis
	Silent bool             // nothing that was said counts any more
}

// Change is that something became different for people.
type Change struct {
	ID     ID
	At     time.Time // by the box's clock
	What   string    // name of an axis, or CanPay
	Before Value
	Now    Value
	Why    string // of CanPay: the reason; otherwise empty
	By     Source // who said so; empty when time alone did
}

// CanPay is what changes are called that concern whether a terminal can pay.
const CanPay = "can-pay"

// What NewBoard and Hear report.
var (
	ErrUnknownTerminal = errors.New("this centre has no such terminal: enter it in the box's configuration, or tell the bank")
	ErrTwice           = errors.New("a terminal is listed twice")
)

// Board holds the terminals of a centre. Any goroutine may call it; without Run nothing changes by the passing of time.
type Board struct {
	kick chan struct{} // one request to look at the time again

	mu   sync.Mutex // guards what follows
	all  map[ID]*entry
	subs map[*Subscription]bool
}

type entry struct {
	Terminal
	state   State
	axes    [AxisCount]damper
	can     damper
	why     string
	history []Change // the newest last
	due     time.Time
}

// NewBoard has each terminal once, all of them unknown. It reports ErrTwice or a name that cannot be.
func NewBoard(list []Terminal) (*Board, error) {
	if len(list) > terminalsMax {
		return nil, fmt.Errorf("%d terminals: a centre has %d at the most", len(list), terminalsMax)
	}
	b := &Board{kick: make(chan struct{}, 1), all: map[ID]*entry{}, subs: map[*Subscription]bool{}}
	for _, t := range list {
		if err := t.check(); err != nil {
			return nil, err
		}
		if b.all[t.ID] != nil {
			return nil, fmt.Errorf("terminal %s: %w", t.ID, ErrTwice)
		}
		b.all[t.ID] = newEntry(t)
	}
	return b, nil
}

func (t Terminal) check() error {
	if t.Kind != ATM && t.Kind != POS {
		return fmt.Errorf("terminal %s: kind %q is neither %q nor %q", t.ID, t.Kind, ATM, POS)
	}
	return t.ID.Check()
}

func newEntry(t Terminal) *entry {
	e := &entry{Terminal: t, state: New(t.Kind), can: damper{strict: true}, why: NeverHeard}
	for a := range e.axes {
		e.axes[a].told = e.state.Axes[a].Value
	}
	return e
}

// Hear takes what a message said. It reports ErrUnknownTerminal.
func (b *Board) Hear(r Report) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.all[r.ID]
	if e == nil {
		return ErrUnknownTerminal
	}
	e.state = e.state.After(r)
	b.look(e, time.Now(), r.By)
	select {
	case b.kick <- struct{}{}:
	default:
	}
	return nil
}

// Has says whether the centre has such a terminal.
func (b *Board) Has(id ID) (Terminal, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e := b.all[id]; e != nil {
		return e.Terminal, true
	}
	return Terminal{}, false
}

// look tells what has changed for people. The lock is held.
func (b *Board) look(e *entry, now time.Time, by Source) {
	e.due = e.state.turns(e.Kind, now)
	for a := range e.axes {
		d, before := &e.axes[a], e.axes[a].told
		changed, due := d.step(now, e.state.Axes[a].Value)
		e.due = sooner(e.due, due)
		if changed {
			b.tell(e, Change{ID: e.ID, At: now, What: Axis(a).String(), Before: before, Now: d.told, By: cmp.Or(by, e.state.Axes[a].By)})
		}
	}
	verdict, before, why := e.state.CanPay(e.Kind, now), e.can.told, e.why
	changed, due := e.can.step(now, verdict.Can)
	e.due = sooner(e.due, due)
	if e.can.told == verdict.Can {
		e.why = verdict.Why
	}
	if changed || e.why != why {
		b.tell(e, Change{ID: e.ID, At: now, What: CanPay, Before: before, Now: e.can.told, Why: e.why, By: by})
	}
	if e.can.told == Unknown && !e.can.since.IsZero() {
		e.why = Settling // which is no news
	}
}

func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func (b *Board) tell(e *entry, c Change) {
	if len(e.history) == historyMax {
		e.history = slices.Delete(e.history, 0, 1)
	}
	e.history = append(e.history, c)
	for s := range b.subs {
		s.put(c)
	}
}

// Run lets time do its part: what is better has held for long enough, what was said is too old. It ends with the
// context, whose error it returns.
func (b *Board) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-b.kick:
		case <-timer.C:
		}
		if next := b.pass(time.Now()); !next.IsZero() {
			timer.Reset(max(0, time.Until(next)))
		}
	}
}

// pass looks at every terminal whose time has come, and returns when to look again.
func (b *Board) pass(now time.Time) (next time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.all {
		if !e.due.IsZero() && !now.Before(e.due) {
			b.look(e, now, "")
		}
		next = sooner(next, e.due)
	}
	return next
}

// Statuses are all terminals, in order of their names.
func (b *Board) Statuses() []Status {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	out := make([]Status, 0, len(b.all))
	for _, e := range b.all {
		s := Status{Terminal: e.Terminal, State: e.state, Can: Verdict{e.can.told, e.why}}
		for a := range e.axes {
			s.Told[a] = e.axes[a].told
		}
		s.Silent = e.state.Heard.IsZero() || now.Sub(e.state.Heard) >= e.Kind.silentAfter()
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, c Status) int { return cmp.Compare(a.ID.String(), c.ID.String()) })
	return out
}

// History is the last changes of a terminal, the oldest first.
func (b *Board) History(id ID) []Change {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e := b.all[id]; e != nil {
		return slices.Clone(e.history)
	}
	return nil
}

// Subscription is a feed of changes. C holds changesMax; what does not fit is dropped and counted, and who sees that
// Missed has risen reads Statuses anew.
type Subscription struct {
	C      <-chan Change
	c      chan Change
	board  *Board
	missed int // guarded by the board's lock
}

// Subscribe begins a feed; Close ends it.
func (b *Board) Subscribe() *Subscription {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := make(chan Change, changesMax)
	s := &Subscription{C: c, c: c, board: b}
	b.subs[s] = true
	return s
}

func (s *Subscription) put(c Change) {
	select {
	case s.c <- c:
	default:
		s.missed++
	}
}

// Missed is how many changes were dropped so far.
func (s *Subscription) Missed() int {
	s.board.mu.Lock()
	defer s.board.mu.Unlock()
	return s.missed
}

// Close ends the feed; C is not closed.
func (s *Subscription) Close() {
	s.board.mu.Lock()
	defer s.board.mu.Unlock()
	delete(s.board.subs, s)
}
