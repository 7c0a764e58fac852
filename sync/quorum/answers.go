package quorum

import (
	"context"
	"encoding/binary"
	"sync"
	"time"

	"markaz.example/sync/archive"
)

// ticket travels with a proposal through the raft log and leads its answer back. It names the run of the node, so that
// entries replayed from earlier runs, or proposed by another node, find nobody waiting.
type ticket string

// answer is what became of a proposal.
type answer struct {
	outcome archive.Outcome
	err     error
}

// answers are the proposals under way. Raft's own futures are not used: one that waits in a queue when raft stops is
// never answered, and none heeds a context.
type answers struct {
	run [8]byte // random

	mu      sync.Mutex
	last    uint64                 // guarded by mu
	waiting map[ticket]chan answer // guarded by mu; each holds one answer without a reader
	closed  error                  // guarded by mu; why nobody may wait now, nil when they may
}

// take registers a proposal. It reports why nobody may wait now.
func (a *answers) take() (ticket, chan answer, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed != nil {
		return "", nil, a.closed
	}
	t, c := a.register()
	return t, c, nil
}

// takeAlways registers the proposal that a leader begins with, when nobody else may wait yet.
func (a *answers) takeAlways() (ticket, chan answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.register()
}

func (a *answers) register() (ticket, chan answer) {
	a.last++
	t, c := ticket(binary.BigEndian.AppendUint64(a.run[:], a.last)), make(chan answer, 1)
	a.waiting[t] = c
	return t, c
}

// give answers a proposal, if somebody here waits for it.
func (a *answers) give(t ticket, got answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if c, ok := a.waiting[t]; ok {
		c <- got
		delete(a.waiting, t)
	}
}

// forget is for a proposer that waits no longer.
func (a *answers) forget(t ticket) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.waiting, t)
}

// close answers everyone with err, and whoever comes until open.
func (a *answers) close(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = err
	for t, c := range a.waiting {
		c <- answer{err: err}
		delete(a.waiting, t)
	}
}

// refuse turns away whoever comes until open; those who wait already go on waiting.
func (a *answers) refuse(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = err
}

// under is how many wait.
func (a *answers) under() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.waiting)
}

// refusing is why nobody may wait now; nil when they may.
func (a *answers) refusing() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.closed
}

func (a *answers) open() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = nil
}

// pause waits, or returns at once when the context ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
