package link

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
)

// ErrNowhere is reported by a Ring without dialers.
var ErrNowhere = errors.New("no address of headquarters is configured")

// Ring dials the nodes of one headquarters: the one that answered last, and after a failure the next. A node that answered
// and could not do anything now, as one that is cut off from the others, counts as one that failed. Where it begins is
// drawn, so that boxes spread over the nodes. Any goroutine may call it.
type Ring struct {
	Dialers []Dialer

	once sync.Once
	mu   sync.Mutex
	at   int   // guarded by mu
	last *Conn // guarded by mu: to the node at; nil before the first
}

// Dial opens a link to one node. It reports what kept it from reaching that one; the next call tries another.
func (r *Ring) Dial(ctx context.Context) (*Conn, error) {
	if len(r.Dialers) == 0 {
		return nil, ErrNowhere
	}
	r.once.Do(func() { r.at = rand.IntN(len(r.Dialers)) })
	at := r.next()
	c, err := r.Dialers[at].Dial(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last = c; err != nil {
		r.at = (at + 1) % len(r.Dialers)
	}
	return c, err
}

// next is the node to dial.
func (r *Ring) next() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last != nil && r.last.busy.Load() {
		r.at, r.last = (r.at+1)%len(r.Dialers), nil
	}
	return r.at
}
