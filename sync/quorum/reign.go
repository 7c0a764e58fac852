package quorum

import (
	"context"
	"sync"
)

// reign is the time of one leader, as this node sees it. What was handed to a leader is not waited for when it ends.
type reign struct {
	mu  sync.Mutex
	ctx context.Context         // guarded by mu; nil before the first
	end context.CancelCauseFunc // guarded by mu
}

// next ends the present reign and begins another.
func (r *reign) next() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.end != nil {
		r.end(ErrNotReady)
	}
	r.ctx, r.end = context.WithCancelCause(context.Background())
}

// under is a context that also ends with the reign.
func (r *reign) under(ctx context.Context) (context.Context, func()) {
	r.mu.Lock()
	present := r.ctx
	r.mu.Unlock()
	ctx, stop := context.WithCancelCause(ctx)
	if present == nil {
		stop(ErrNotReady)
		return ctx, func() {}
	}
	forget := context.AfterFunc(present, func() { stop(ErrNotReady) })
	return ctx, func() { forget(); stop(nil) }
}
