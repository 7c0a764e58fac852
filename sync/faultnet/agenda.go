package faultnet

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"time"
)

// Agenda is a simulated world's future: what will happen and when, in virtual time. A run is a function of its seed as
// long as everything random is drawn from Random, in the order that things happen. It is not for several goroutines.
type Agenda struct {
	Random *rand.Rand

	now   time.Time
	nano  int64 // of now
	ties  uint64
	todo  queue
	trace [sha256.Size]byte
	steps int
}

// beginning is the first instant of every world, in Unix seconds.
const beginning = 1_767_225_600

type occasion struct {
	nano int64  // Unix time
	tie  uint64 // first said, first done
	what func()
}

// NewAgenda begins a world at a fixed instant.
func NewAgenda(seed uint64) *Agenda {
	now := time.Unix(beginning, 0)
	return &Agenda{Random: rand.New(rand.NewPCG(seed, 0x6d61726b617a)), now: now, nano: now.UnixNano()}
}

// Now is the virtual present.
func (a *Agenda) Now() time.Time { return a.now }

// Steps is how many things have happened.
func (a *Agenda) Steps() int { return a.steps }

// At plans something. What lies in the past happens next.
func (a *Agenda) At(t time.Time, what func()) { a.plan(t.UnixNano(), what) }

// After plans something for later.
func (a *Agenda) After(d time.Duration, what func()) { a.plan(a.nano+int64(d), what) }

func (a *Agenda) plan(nano int64, what func()) {
	a.ties++
	a.todo.push(occasion{nano, a.ties, what})
}

// Within draws a delay from the continuous range below d.
func (a *Agenda) Within(d time.Duration) time.Duration {
	return time.Duration(a.Random.Int64N(int64(d)))
}

// Chance is true with probability p.
func (a *Agenda) Chance(p float64) bool { return a.Random.Float64() < p }

// Next lets one thing happen. It is false when nothing is planned before the end.
func (a *Agenda) Next(end time.Time) bool {
	if len(a.todo) == 0 || a.todo[0].nano > end.UnixNano() {
		return false
	}
	o := a.todo.pop()
	if o.nano > a.nano {
		a.now, a.nano = a.now.Add(time.Duration(o.nano-a.nano)), o.nano
	}
	a.steps++
	o.what()
	return true
}

// Note adds to the trace: what happened, to what number, when.
func (a *Agenda) Note(what string, v uint64) {
	b := append(a.trace[:], what...)
	b = binary.BigEndian.AppendUint64(b, uint64(a.nano))
	b = binary.BigEndian.AppendUint64(b, v)
	a.trace = sha256.Sum256(b)
}

// Trace is equal for two runs that noted the same.
func (a *Agenda) Trace() [sha256.Size]byte { return a.trace }

// queue is a binary heap. A world is millions of occasions, so it is written out: container/heap would allocate for each.
type queue []occasion

func (o occasion) before(p occasion) bool {
	return o.nano < p.nano || o.nano == p.nano && o.tie < p.tie
}

func (q *queue) push(o occasion) {
	h := append(*q, o)
	i := len(h) - 1
	for i > 0 && o.before(h[(i-1)/2]) {
		h[i] = h[(i-1)/2]
		i = (i - 1) / 2
	}
	h[i], *q = o, h
}

func (q *queue) pop() occasion {
	h := *q
	first, last := h[0], len(h)-1
	o := h[last]
	h[last], h = occasion{}, h[:last]
	if last > 0 {
		h.sink(o)
	}
	*q = h
	return first
}

// sink puts an occasion where the first was, below all that come before it.
func (q queue) sink(o occasion) {
	i := 0
	for child := 1; child < len(q); child = 2*i + 1 {
		if child+1 < len(q) && q[child+1].before(q[child]) {
			child++
		}
		if o.before(q[child]) {
			break
		}
		q[i] = q[child]
		i = child
	}
	q[i] = o
}
