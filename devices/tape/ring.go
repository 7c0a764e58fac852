package tape

import (
	"cmp"
	"sync"
	"time"
)

// Ring keeps the last exchanges. Set the exported fields before its first use; the zero Ring is right for a device page.
// Any goroutine may call it.
type Ring struct {
	Exchanges int // how many; 0 means 50
	Payload   int // shown bytes of each; what is longer is cut. 0 means 64
	Bytes     int // of all, each weighing some 256 beside what it shows; 0 means no bound but the other two

	mu    sync.Mutex // guards what follows
	list  []Exchange
	bytes int
	lost  int
}

// Recording is a Ring for a file: whole payloads, and bounded in memory.
func Recording() *Ring {
	return &Ring{Exchanges: recordExchanges, Payload: recordBytes, Bytes: recordBytes}
}

// Keep adds what was said at a time; it joins the newest exchange if that is of the same direction and just over.
func (r *Ring) Keep(at time.Time, d Direction, pieces []Piece) {
	r.mu.Lock()
	defer r.mu.Unlock()
	last := len(r.list) - 1
	if last < 0 || !r.list[last].goesOn(at, d) {
		r.list = append(r.list, Exchange{At: at, Dir: d})
		r.bytes += pieceCost
		last++
	}
	e := &r.list[last]
	e.Took = max(e.Took, at.Sub(e.At))
	r.bytes -= e.weight()
	for _, p := range pieces {
		r.add(e, p)
	}
	r.bytes += e.weight()
	r.forget()
}

// goesOn says whether bytes belong to an exchange: the same side goes on speaking, and has not been at it for long.
func (e Exchange) goesOn(at time.Time, d Direction) bool {
	return e.Dir == d && at.Sub(e.At.Add(e.Took)) <= mergeGap && at.Sub(e.At) <= mergeSpan
}

// Taken notes when the line had taken the newest bytes to the device.
func (r *Ring) Taken(at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := len(r.list) - 1; i >= 0; i-- {
		if e := &r.list[i]; e.Dir == Out {
			e.Took = max(e.Took, at.Sub(e.At))
			return
		}
	}
}

func (e Exchange) weight() int {
	n := pieceCost * (1 + len(e.Pieces))
	for _, p := range e.Pieces {
		n += len(p.Bytes)
	}
	return n
}

// add joins a piece to the end of an exchange. What follows a cut is cut too, so that what is shown is the beginning.
func (r *Ring) add(e *Exchange, p Piece) {
	room := cmp.Or(r.Payload, ringPayload)
	for _, q := range e.Pieces {
		room -= len(q.Bytes)
	}
	shown := p.Bytes[:min(len(p.Bytes), max(room, 0))]
	tail := len(e.Pieces) - 1
	switch {
	case len(shown) == 0:
	case tail >= 0 && e.Pieces[tail].Hidden == 0:
		e.Pieces[tail].Bytes = append(e.Pieces[tail].Bytes, shown...)
	default:
		e.Pieces = append(e.Pieces, Piece{Bytes: append([]byte(nil), shown...)})
	}
	hidden := p.Hidden + len(p.Bytes) - len(shown)
	if hidden == 0 {
		return
	}
	if len(e.Pieces) == 0 {
		e.Pieces = append(e.Pieces, Piece{})
	}
	e.Pieces[len(e.Pieces)-1].Hidden += hidden
}

// forget drops the oldest until the bounds hold; the newest stays.
func (r *Ring) forget() {
	drop := max(0, len(r.list)-cmp.Or(r.Exchanges, ringExchanges))
	for i := range r.list[:len(r.list)-1] {
		if i >= drop && (r.Bytes == 0 || r.bytes <= r.Bytes) {
			break
		}
		r.bytes -= r.list[i].weight()
		drop = max(drop, i+1)
	}
	r.lost += drop
	r.list = append(r.list[:0], r.list[drop:]...)
}

// Last is a copy of what is kept, the oldest first.
func (r *Ring) Last() []Exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]Exchange, 0, len(r.list))
	for _, e := range r.list {
		out = append(out, e.clone())
	}
	return out
}

// Lost is how many older exchanges were dropped.
func (r *Ring) Lost() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lost
}
