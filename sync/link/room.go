package link

import (
	"errors"
	"sync"
)

// ErrNoRoom ends a link whose large frame found no memory in time, or kept its memory too long.
var ErrNoRoom = errors.New("no memory for a large frame, or it came too slowly; begin again with small ones")

// Room is the memory that all links of one process share, for large frames on their way, in and out, and for batches until
// whoever received them is done. Any goroutine may call it.
type Room struct {
	mu     sync.Mutex
	free   int           // guarded by mu
	least  int           // guarded by mu: what was free when it was fullest
	change chan struct{} // guarded by mu: closed when some becomes free
}

// NewRoom has so many bytes.
func NewRoom(bytes int) *Room {
	return &Room{free: bytes, least: bytes, change: make(chan struct{})}
}

// Least is what was free when it was fullest, for the health page and for tests.
func (r *Room) Least() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.least
}

// take is false, with what to wait for, when there is not so much.
func (r *Room) take(bytes int) (bool, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if bytes > r.free {
		return false, r.change
	}
	r.free -= bytes
	r.least = min(r.least, r.free)
	return true, nil
}

func (r *Room) give(bytes int) {
	if bytes == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.free += bytes
	close(r.change)
	r.change = make(chan struct{})
}
