package printer

import (
	"context"
	"errors"
	"sync"

	"markaz.example/devices/port"
)

// Outlet is a Sim on a pseudo-terminal, with a plug that can be pulled and put in again: what a person at a real
// printer would do to the cable. Set the fields before Run; the other methods may be called from any goroutine.
type Outlet struct {
	Sim  *Sim
	Link string // symlink to the line; it is there while the plug is in

	once  sync.Once
	moved chan struct{} // one waiting request to look again

	mu   sync.Mutex
	in   bool               // guarded by mu: the plug is or should be in
	pull context.CancelFunc // guarded by mu: nil while no line is served
}

func (o *Outlet) init() { o.once.Do(func() { o.moved = make(chan struct{}, 1) }) }

// Inked reports whether anything is printed on the page: when a printer is cleared it cuts off a white strip.
func (p Page) Inked() bool {
	for _, b := range p.Bitmap.Bits {
		if b != 0 {
			return true
		}
	}
	return p.Text > 0
}

// Run is the printer's life: its head, and one line at a time.
func (o *Outlet) Run(ctx context.Context) error {
	o.init()
	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	wg.Go(func() { _ = o.Sim.Run(ctx) })
	for ctx.Err() == nil {
		if o.Plugged() {
			if err := o.serve(ctx); err != nil {
				return err
			}
			continue
		}
		select {
		case <-ctx.Done():
		case <-o.moved:
		}
	}
	return nil
}

// serve makes a line and serves it until it is pulled.
func (o *Outlet) serve(ctx context.Context) error {
	line, err := port.NewPTY(o.Link)
	if err != nil {
		return err
	}
	serving, pull := context.WithCancel(ctx)
	defer pull()
	o.mu.Lock()
	o.pull = pull
	if !o.in {
		pull() // out again before it was served
	}
	o.mu.Unlock()
	if err := o.Sim.Serve(serving, line); serving.Err() == nil && !errors.Is(err, port.ErrGone) {
		return err
	}
	return nil
}

// Plug puts the plug in, or pulls it, in the middle of a byte if need be.
func (o *Outlet) Plug(in bool) {
	o.init()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.in = in
	if !in && o.pull != nil {
		o.pull()
	}
	select {
	case o.moved <- struct{}{}:
	default:
	}
}

// Plugged reports where the plug is.
func (o *Outlet) Plugged() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.in
}
