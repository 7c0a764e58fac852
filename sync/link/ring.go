package link

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
)

// ErrNowhere is reported by a Ring without dialers.
var ErrNowhere = errors.New("no address of headquarters is configured")

// Ring dials the nodes of one headquarters: the one that answered last, and after a failure the next. Where it begins
// is drawn, so that boxes spread over the nodes. Any goroutine may call it.
type Ring struct {
	Dialers []Dialer

	once sync.Once
	mu   sync.Mutex
	at   int // guarded by mu
}

// Dial opens a link to one node. It reports what kept it from reaching that one; the next call tries another.
func (r *Ring) Dial(ctx context.Context) (*Conn, error) {
	if len(r.Dialers) == 0 {
		return nil, ErrNowhere
	}
	r.once.Do(func() { r.at = rand.IntN(len(r.Dialers)) })
	r.mu.Lock()
	at := r.at
	r.mu.Unlock()
	c, err := r.Dialers[at].Dial(ctx)
	if err != nil {
		r.mu.Lock()
		r.at = (at + 1) % len(r.Dialers)
		r.mu.Unlock()
	}
	return c, err
}
