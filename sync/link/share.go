package link

import (
	"fmt"
	"sync"
	"time"

	"markaz.example/sync/wire"
)

// share is one link's part of a Room. Without a Room it counts nothing.
type share struct {
	room *Room

	mu    sync.Mutex
	taken int  // guarded by mu
	over  bool // guarded by mu: Release was called
}

// Share makes the link take memory from a room. Call it before Run and Receive. Whoever receives then calls Done for
// each batch, and Release when the link has ended and nothing of it is kept any more.
func (c *Conn) Share(r *Room) { c.share.room = r }

// Done gives back the memory of a batch that was received and is no longer kept.
func (c *Conn) Done(b wire.Batch) { c.share.give(len(b.Block)) }

// Release gives back whatever the link still has.
func (c *Conn) Release() {
	c.share.mu.Lock()
	defer c.share.mu.Unlock()
	if c.share.room != nil {
		c.share.room.give(c.share.taken)
	}
	c.share.taken, c.share.over = 0, true
}

func (s *share) give(bytes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.room == nil || s.over {
		return
	}
	s.taken -= bytes
	s.room.give(bytes)
}

func (s *share) try(bytes int) (bool, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.room == nil || s.over {
		return true, nil
	}
	ok, change := s.room.take(bytes)
	if ok {
		s.taken += bytes
	}
	return ok, change
}

// takeRoom waits for memory. It reports ErrNoRoom after roomWait, ErrClosed when the link ends first.
func (c *Conn) takeRoom(bytes int) error {
	ok, change := c.share.try(bytes)
	if ok {
		return nil
	}
	limit := time.NewTimer(roomWait)
	defer limit.Stop()
	for !ok {
		select {
		case <-change:
			ok, change = c.share.try(bytes)
		case <-limit.C:
			return fmt.Errorf("%w: %d bytes wanted", ErrNoRoom, bytes)
		case <-c.closing:
			return ErrClosed
		case <-c.ended:
			return ErrClosed
		}
	}
	return nil
}
