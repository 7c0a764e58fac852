package wiretest

import (
	"fmt"
	"sync"

	"markaz.example/edge/chain"
)

// Ledger is a chain with the manners of a box's ledger, as an uplink takes it: it may grow while it is sent.
type Ledger struct {
	Chain *Chain // guarded by mu while an uplink runs

	mu        sync.Mutex
	changed   chan struct{}  // guarded by mu
	confirmed chain.Position // guarded by mu
}

// NewLedger takes a chain over: it is the ledger's from then on, until nothing runs.
func NewLedger(c *Chain) *Ledger {
	return &Ledger{Chain: c, changed: make(chan struct{}), confirmed: c.At(0)}
}

// Grow appends records and tells.
func (l *Ledger) Grow(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Chain.Grow(n)
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *Ledger) Incarnation() chain.Incarnation { return l.Chain.In }

func (l *Ledger) Acknowledged() chain.Position {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Chain.Head()
}

func (l *Ledger) HashAt(seq uint64) (chain.Hash, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if seq > l.Chain.Head().Seq {
		return chain.Hash{}, fmt.Errorf("no record %d", seq)
	}
	return l.Chain.At(seq).Hash, nil
}

func (l *Ledger) Read(after uint64, limitBytes int) ([][]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	head := l.Chain.Head().Seq
	if after >= head {
		return nil, fmt.Errorf("no record after %d", after)
	}
	to, size := after, 0
	for to < head && (to == after || size < limitBytes) {
		to++
		size += len(l.Chain.Records(to, to)[0])
	}
	return l.Chain.Records(after+1, to), nil
}

func (l *Ledger) Changed() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.changed
}

func (l *Ledger) Confirm(held chain.Position) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.confirmed = held
	return nil
}

// Confirmed is what headquarters was last said to hold.
func (l *Ledger) Confirmed() chain.Position {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.confirmed
}
