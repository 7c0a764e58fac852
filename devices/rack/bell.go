package rack

import (
	"context"
	"sync"
	"time"
)

// bell wakes all who wait. The zero bell is ready.
type bell struct {
	mu   sync.Mutex
	rung chan struct{} // guarded by mu: closed by the next ring
}

// next is closed by the first ring after this call. Who takes it before trying something misses no ring while trying.
func (b *bell) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rung == nil {
		b.rung = make(chan struct{})
	}
	return b.rung
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rung != nil {
		close(b.rung)
		b.rung = nil
	}
}

// woken waits for so long, or for the ring but never less than wokenMin, and reports whether it rang.
func woken(ctx context.Context, d time.Duration, ring <-chan struct{}) bool {
	rest := time.NewTimer(d)
	defer rest.Stop()
	sleep(ctx, min(d, wokenMin))
	select {
	case <-ring:
		return true
	case <-rest.C:
	case <-ctx.Done():
	}
	return false
}
