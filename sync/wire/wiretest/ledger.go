package wiretest

import (
	"fmt"
	"sync"

	"markaz.example/edge/chain"
)

// Ledger is a chain with a ledger's manners, in memory. Any goroutine may call it; what grows is Chain.
type Ledger struct {
	Chain *Chain

	mu        sync.Mutex
	changed   chan struct{}
	confirmed chain.Position
}

// NewLedger is a ledger of which nothing is confirmed.
func NewLedger(c *Chain) *Ledger {
	return &Ledger{Chain: c, changed: make(chan struct{}), confirmed: c.In.Start()}
}

// Grow appends records and tells who waits.
func (l *Ledger) Grow(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Chain.Grow(n)
	close(l.changed)
	l.changed = make(chan struct{})
}

// Incarnation is the chain's.
func (l *Ledger) Incarnation() chain.Incarnation { return l.Chain.In }

// Acknowledged is the newest record.
func (l *Ledger) Acknowledged() chain.Position {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Chain.Head()
}

// HashAt is the hash of a record, and an error for one that is not there.
func (l *Ledger) HashAt(seq uint64) (chain.Hash, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if seq > l.Chain.Head().Seq {
		return chain.Hash{}, fmt.Errorf("no record %d", seq)
	}
	return l.Chain.At(seq).Hash, nil
}

// Read gives records until they come to the limit, one at least.
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

// Changed is closed when the ledger grows next.
func (l *Ledger) Changed() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.changed
}

// Confirm remembers what headquarters holds.
func (l *Ledger) Confirm(held chain.Position) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.confirmed = held
	return nil
}

// Confirmed is what was confirmed last.
func (l *Ledger) Confirmed() chain.Position {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.confirmed
}
