package fault

import (
	"cmp"
	"context"
	"io"
	"math/rand/v2"
	"sync"
	"time"
)

// Hooks is what a fate cannot do to bytes. Each may be nil; calls come one at a time from Run's goroutine and must not
// block.
type Hooks struct {
	Plug  func(in bool) // puts the plug in or pulls it
	Power func(on bool) // switches the device
}

// Fate is one script at work on one device. Run must run; Wrap is called for each cable.
type Fate struct {
	hooks Hooks

	mu      sync.Mutex // guards what follows
	random  *rand.Rand
	tracks  []*track // the first is the lines in order, each other one an every
	counted map[Way]int64
	harm    harm
	live    *wire    // the last cable
	late    []parcel // what the device said and the box has not heard yet
	lateSum int      // bytes in late
	posting bool     // a parcel is on its way; what comes now waits behind it
	todo    []func() // hooks to call, outside of the lock
	calling bool     // some of them are being called
	talk    []func() // bytes to say, which may block while the box does not read
	changed chan struct{}
	done    chan struct{} // of the script at work
	over    bool          // done is closed
}

// harm is what holds at present.
type harm struct {
	held  map[verb]int // how many lines of the script hold it
	delay time.Duration
	drops map[Way]int64 // bytes that follow
	flips map[Way]int64
}

func newHarm() harm {
	return harm{held: map[verb]int{}, drops: map[Way]int64{}, flips: map[Way]int64{}}
}

func (h harm) is(v verb) bool { return h.held[v] > 0 }

// track is lines that happen one after another.
type track struct {
	lines  []line
	rounds int           // left after this one; negative for ever
	next   int           // line that is waited for, or that lasts
	base   map[Way]int64 // counted when this round began
	acting *what         // it lasts

	due   time.Time // of the next step, unless it is bytes that are waited for
	bytes int64     // left until the next step; 0 when it is a time
	way   Way       // of bytes
	idle  bool      // waits for neither: the script is over, or Run is busy with the line
	gone  bool      // another script has taken over
}

// Start begins a script. Its time runs from now, its bytes from the first cable.
func (s *Script) Start(h Hooks) *Fate {
	f := &Fate{hooks: h, counted: map[Way]int64{}, harm: newHarm(), changed: make(chan struct{}), over: true}
	f.Begin(s)
	return f
}

// Begin lets another script take over, from now and from the next byte. What the one before it held is over, and what
// that one was saying is cut short. The channel is closed when the last line of the new one is over, or when the next
// takes over; lines with every go on, and what lasts for good does.
func (f *Fate) Begin(s *Script) (done <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.retire()
	seed := cmp.Or(s.seed, 1)
	f.random, f.done, f.over = rand.New(rand.NewPCG(seed, seed)), make(chan struct{}), false
	story := &track{rounds: s.rounds()}
	f.tracks = []*track{story}
	for _, l := range s.lines {
		if l.when == every {
			f.tracks = append(f.tracks, &track{lines: []line{l}, rounds: -1})
			continue
		}
		story.lines = append(story.lines, l)
	}
	for _, t := range f.tracks {
		f.round(t, time.Now())
	}
	f.advance(time.Now())
	f.wake()
	return f.done
}

// Done is closed when the last line of the script at work is over, as Begin says.
func (f *Fate) Done() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.done
}

// retire ends the script at work, if there is one.
func (f *Fate) retire() {
	for _, t := range f.tracks {
		t.gone = true
	}
	f.heal()
	if !f.over {
		close(f.done)
	}
}

// Run keeps the script's time until the context ends, and returns its error. By then the cables must have been closed:
// a box that does not read would hold what is being said for ever.
func (f *Fate) Run(ctx context.Context) error {
	var talking sync.WaitGroup
	defer talking.Wait()
	for ctx.Err() == nil {
		f.mu.Lock()
		f.advance(time.Now())
		todo, talk, changed := f.todo, f.talk, f.changed
		f.todo, f.talk, f.calling = nil, nil, len(todo) > 0
		wait := f.nextDue()
		f.mu.Unlock()
		f.call(todo)
		for _, say := range talk {
			talking.Go(say)
		}
		pause := time.NewTimer(wait)
		select {
		case <-pause.C:
		case <-changed:
		case <-ctx.Done():
		}
		pause.Stop()
	}
	return context.Cause(ctx)
}

// call calls hooks, and lets Settle know.
func (f *Fate) call(hooks []func()) {
	if len(hooks) == 0 {
		return
	}
	for _, do := range hooks {
		do()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calling = false
	f.wake()
}

// Settle waits until the hooks know all that has happened: a cable dies on its byte, and a moment later the plug is out.
func (f *Fate) Settle(ctx context.Context) {
	for ctx.Err() == nil {
		f.mu.Lock()
		settled, changed := len(f.todo) == 0 && !f.calling, f.changed
		f.mu.Unlock()
		if settled {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}

// nextDue is how long there is nothing to do but by bytes.
func (f *Fate) nextDue() time.Duration {
	wait := timeMax
	for _, t := range f.tracks {
		if !t.idle && t.bytes == 0 {
			wait = min(wait, time.Until(t.due))
		}
	}
	if len(f.late) > 0 && !f.posting {
		wait = min(wait, time.Until(f.late[0].at))
	}
	return wait
}

// advance does everything whose time has come, and lets all who wait look again.
func (f *Fate) advance(now time.Time) {
	for moved := true; moved; {
		moved = false
		for _, t := range f.tracks {
			if !t.idle && t.bytes == 0 && !t.due.After(now) {
				f.step(t, now)
				moved = true
			}
		}
	}
	if len(f.late) > 0 && !f.posting && !f.late[0].at.After(now) {
		f.post()
	}
	if f.tracks[0].next == len(f.tracks[0].lines) && !f.over {
		f.over = true
		close(f.done)
	}
}

func (f *Fate) wake() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// round begins the lines of a track anew, or ends it.
func (f *Fate) round(t *track, now time.Time) {
	t.rounds--
	t.base = map[Way]int64{In: f.counted[In], Out: f.counted[Out]}
	if t.idle = len(t.lines) == 0; !t.idle {
		t.next = 0
		f.await(t, now)
	}
}

// await sets what the next line waits for.
func (f *Fate) await(t *track, now time.Time) {
	l := t.lines[t.next]
	t.due, t.bytes, t.way = now, 0, l.way
	switch {
	case l.when == at:
		t.bytes = max(0, f.draw(l.amount)-f.passedSince(t.base, l.way))
	case l.bytes:
		t.bytes = f.draw(l.amount)
	case l.when != then:
		t.due = now.Add(time.Duration(f.draw(l.amount)))
	}
}

func (f *Fate) passedSince(base map[Way]int64, w Way) (n int64) {
	for _, one := range []Way{In, Out} {
		if w == Both || w == one {
			n += f.counted[one] - base[one]
		}
	}
	return n
}

// draw always draws, so that a number is no surprise to those that follow.
func (f *Fate) draw(s span) int64 { return s.low + f.random.Int64N(s.high-s.low+1) }

// step is what a track waited for: the end of what lasts, or the beginning of the next line.
func (f *Fate) step(t *track, now time.Time) {
	if t.acting != nil {
		f.end(*t.acting)
		f.lineOver(t, now)
		return
	}
	w := t.lines[t.next].what
	f.begin(w, t)
	switch {
	case w.lasts.high > 0:
		t.acting, t.bytes, t.due = &w, 0, now.Add(time.Duration(f.draw(w.lasts)))
	case w.verb == babble:
		t.idle = true
	default:
		f.lineOver(t, now)
	}
}

func (f *Fate) lineOver(t *track, now time.Time) {
	t.acting, t.idle = nil, false
	t.next++
	switch {
	case t.next < len(t.lines):
		f.await(t, now)
	case t.rounds != 0:
		f.round(t, now)
	default:
		t.idle = true
	}
}

// begin does what a line says.
func (f *Fate) begin(w what, t *track) {
	switch w.verb {
	case plug:
		f.harm.held[unplug] = 0
		f.doPlug(true)
	case powerOn:
		f.harm.held[powerOff] = 0
		f.doPower(true)
	case well:
		f.heal()
	case babble:
		n := f.draw(w.n)
		f.talk = append(f.talk, func() { f.babble(n, t) })
	case drop:
		f.harm.drops[sayIn(w.way)] += f.draw(w.n)
	case flip:
		f.harm.flips[sayIn(w.way)] += f.draw(w.n)
	default:
		f.hold(w)
	}
	f.wake()
}

func sayIn(w Way) Way {
	if w == Both {
		return In
	}
	return w
}

// hold begins what goes on until it is ended.
func (f *Fate) hold(w what) {
	f.harm.held[w.verb]++
	switch w.verb {
	case unplug:
		f.doPlug(false)
	case powerOff:
		f.doPower(false)
	case delayAnswers:
		f.harm.delay = time.Duration(f.draw(w.delay))
	}
}

// end is the other side of hold. What another line still holds goes on.
func (f *Fate) end(w what) {
	if f.harm.held[w.verb] > 0 {
		f.harm.held[w.verb]--
	}
	if !f.harm.is(w.verb) {
		switch w.verb {
		case unplug:
			f.doPlug(true)
		case powerOff:
			f.doPower(true)
		}
	}
	f.wake()
}

func (f *Fate) heal() {
	was := f.harm
	f.harm = newHarm()
	if was.is(unplug) {
		f.doPlug(true)
	}
	if was.is(powerOff) {
		f.doPower(true)
	}
}

// doPlug kills the cable on this very byte; the hook follows from Run's goroutine, since the caller may be the device,
// with its own locks in hand.
func (f *Fate) doPlug(in bool) {
	if !in && f.live != nil {
		f.live.dead = true
	}
	if f.hooks.Plug != nil {
		f.todo = append(f.todo, func() { f.hooks.Plug(in) })
	}
}

func (f *Fate) doPower(on bool) {
	if f.hooks.Power != nil {
		f.todo = append(f.todo, func() { f.hooks.Power(on) })
	}
}

// Wrap puts the fate between the device and a new cable, whose far end is the box. A cable that somebody plugs in while
// the script has it pulled is plugged in.
func (f *Fate) Wrap(cable io.ReadWriteCloser) io.ReadWriteCloser {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.live = &wire{fate: f, cable: cable, closed: make(chan struct{}), saying: make(turn, 1), talking: make(turn, 1)}
	f.late, f.lateSum = nil, 0 // what was under way in the old one is lost
	return f.live
}
