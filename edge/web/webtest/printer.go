package webtest

import (
	"context"
	"sync"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/spool"
)

// Printer is a printer that a test puts paper into.
type Printer struct {
	mu      sync.Mutex
	trouble string        // guarded by mu: the reason why it does not print; empty when it does
	hold    chan struct{} // guarded by mu: printing waits for it to be closed; nil means at once
	out     []paper.Job   // guarded by mu: what came out
}

// Break makes the printer refuse with a reason; an empty one mends it.
func (p *Printer) Break(reason string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trouble = reason
}

// Slow makes every print wait until the returned function is called.
func (p *Printer) Slow() (release func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	hold := make(chan struct{})
	p.hold = hold
	return sync.OnceFunc(func() { close(hold) })
}

// Out is what came out, in order.
func (p *Printer) Out() []paper.Job {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]paper.Job(nil), p.out...)
}

// Ready says whether there is paper.
func (p *Printer) Ready() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.trouble == "" {
		return nil
	}
	return &spool.Trouble{Reason: p.trouble, Cause: spool.ErrNotSent}
}

// Print puts the job out.
func (p *Printer) Print(ctx context.Context, job paper.Job) error {
	if err := p.Ready(); err != nil {
		return err
	}
	p.mu.Lock()
	hold := p.hold
	p.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out = append(p.out, job)
	return nil
}
