package quorum

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/hashicorp/raft"
)

// turn is the archive's transaction that is under way. Its zero value is none.
type turn struct {
	since atomic.Int64 // of the process's monotonic clock, in ns; 0 means that none is
}

// epoch is the beginning of turn's clock; a turn never begins at zero.
var epoch = time.Now().Add(-time.Nanosecond)

// begin begins a turn; what it gives ends it. Waiting for room on a full disk is between turns.
func (t *turn) begin() (end func()) {
	t.since.Store(int64(time.Since(epoch)))
	return func() { t.since.Store(0) }
}

// stuck says that a turn has lasted longer than any does.
func (t *turn) stuck() bool {
	since := t.since.Load()
	return since != 0 && time.Since(epoch)-time.Duration(since) > turnMax
}

// showPulse calls Beat, until it is told to end, each time that raft's loop has answered and no turn is stuck.
func (n *Node) showPulse(ctx context.Context, r *raft.Raft) (end func()) {
	if n.config.Beat == nil {
		return func() {}
	}
	ctx, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { defer close(done); n.pulse(ctx, r) }()
	return func() {
		stop()
		select {
		case <-done:
		case <-time.After(pulseMax): // raft is stuck: its answer is not worth more
		}
	}
}

func (n *Node) pulse(ctx context.Context, r *raft.Raft) {
	every := time.NewTicker(beatEvery)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		// Raft's loop answers this in every state, with a refusal where this node does not lead: that it answers counts.
		_ = r.VerifyLeader().Error()
		if !n.turn.stuck() && ctx.Err() == nil {
			n.config.Beat()
		}
	}
}
