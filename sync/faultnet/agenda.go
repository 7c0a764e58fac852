package faultnet

import (
	"container/heap"
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
	ties  uint64
	todo  queue
	trace [sha256.Size]byte
	steps int
}

type occasion struct {
	at   time.Time
	tie  uint64 // first said, first done
	what func()
}

// NewAgenda begins a world at a fixed instant.
func NewAgenda(seed uint64) *Agenda {
	return &Agenda{Random: rand.New(rand.NewPCG(seed, 0x6d61726b617a)), now: time.Unix(1_767_225_600, 0)}
}

// Now is the virtual present.
func (a *Agenda) Now() time.Time { return a.now }

// Steps is how many things have happened.
func (a *Agenda) Steps() int { return a.steps }

// At plans something. What lies in the past happens next.
func (a *Agenda) At(t time.Time, what func()) {
	a.ties++
	heap.Push(&a.todo, occasion{t, a.ties, what})
}

// After plans something for later.
func (a *Agenda) After(d time.Duration, what func()) { a.At(a.now.Add(d), what) }

// Within draws a delay from the continuous range below d.
func (a *Agenda) Within(d time.Duration) time.Duration {
	return time.Duration(a.Random.Int64N(int64(d)))
}

// Chance is true with probability p.
func (a *Agenda) Chance(p float64) bool { return a.Random.Float64() < p }

// Next lets one thing happen. It is false when nothing is planned before the end.
func (a *Agenda) Next(end time.Time) bool {
	if len(a.todo) == 0 || a.todo[0].at.After(end) {
		return false
	}
	o := heap.Pop(&a.todo).(occasion)
	if o.at.After(a.now) {
		a.now = o.at
	}
	a.steps++
	o.what()
	return true
}

// Note adds to the trace: what happened, to what number, when.
func (a *Agenda) Note(what string, v uint64) {
	b := append(a.trace[:], what...)
	b = binary.BigEndian.AppendUint64(b, uint64(a.now.UnixNano()))
	b = binary.BigEndian.AppendUint64(b, v)
	a.trace = sha256.Sum256(b)
}

// Trace is equal for two runs that noted the same.
func (a *Agenda) Trace() [sha256.Size]byte { return a.trace }

type queue []occasion

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	if q[i].at.Equal(q[j].at) {
		return q[i].tie < q[j].tie
	}
	return q[i].at.Before(q[j].at)
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(occasion)) }
func (q *queue) Pop() any {
	last := len(*q) - 1
	o := (*q)[last]
	(*q)[last] = occasion{}
	*q = (*q)[:last]
	return o
}
