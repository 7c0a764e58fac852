package vhci

import (
	"context"
	"sync"
	"time"
)

// Outlet is where a Device is plugged in: what a person at a real one does to its cable, and what fate does to the
// transfers on it. Set Device and Host before Run; the methods may be called from any goroutine.
type Outlet struct {
	Device Device
	Host   Host // where Plug puts the plug, until Move

	once  sync.Once
	moved chan struct{} // one waiting request to look again

	mu      sync.Mutex         // guards what follows
	host    Host               // where the plug goes; nil for Host
	in      bool               // the plug is or should be in
	pull    context.CancelFunc // nil while no cable is served
	faults  Faults
	changed chan struct{} // closed when faults change
	taken   int64         // bytes to the device so far
	left    int           // of them until fate pulls the plug; less than 0 means never
	rest    time.Duration // how long fate keeps it out; 0 means until Plug
	resting bool          // it is out, and comes back after rest
}

func (o *Outlet) init() {
	o.once.Do(func() {
		o.moved = make(chan struct{}, 1)
		o.changed = make(chan struct{})
		o.left = -1
	})
}

// Run is the device's life, and one cable at a time. It ends with the context, or with the error of a Host that takes no
// plug.
func (o *Outlet) Run(ctx context.Context) error {
	o.init()
	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	wg.Go(func() { _ = o.Device.Run(ctx) })
	for ctx.Err() == nil {
		if o.Plugged() {
			if err := o.serve(ctx); err != nil && ctx.Err() == nil {
				return err
			}
			continue
		}
		if err := o.wait(ctx); err != nil {
			return nil
		}
	}
	return nil
}

// wait sleeps until the plug may be in again.
func (o *Outlet) wait(ctx context.Context) error {
	var again <-chan time.Time
	if rest := o.pause(); rest > 0 {
		timer := time.NewTimer(rest)
		defer timer.Stop()
		again = timer.C
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-again:
		o.comeBack()
	case <-o.moved:
	}
	return nil
}

func (o *Outlet) pause() time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.resting {
		return 0
	}
	return o.rest
}

// comeBack ends a rest, unless a person was there before.
func (o *Outlet) comeBack() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.resting {
		o.plug(true)
	}
}

// serve puts the plug in and serves the cable until it is pulled. A host that lets go of the cable, as a kernel does that
// shuts its port, is a plug that was pulled.
func (o *Outlet) serve(ctx context.Context) error {
	desc := o.Device.Descriptors()
	wire, err := o.socket().Connect(ctx, desc.Speed)
	if err != nil {
		return err
	}
	ctx, pull := context.WithCancel(ctx)
	defer pull()
	o.mu.Lock()
	o.pull = pull
	if !o.in {
		pull() // out again before it was served
	}
	o.mu.Unlock()
	_ = serve(ctx, wire, desc, &fated{Function: o.Device.Attach(), outlet: o})
	o.mu.Lock()
	defer o.mu.Unlock()
	o.pull = nil
	if ctx.Err() == nil {
		o.in = false
	}
	return nil
}

func (o *Outlet) socket() Host {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.host != nil {
		return o.host
	}
	return o.Host
}

// Plug puts the plug in, or pulls it, in the middle of a transfer if need be.
func (o *Outlet) Plug(in bool) {
	o.init()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.plug(in)
}

// plug is called with the lock held.
func (o *Outlet) plug(in bool) {
	o.in, o.resting = in, false
	if !in && o.pull != nil {
		o.pull()
	}
	select {
	case o.moved <- struct{}{}:
	default:
	}
}

// Move chooses where the plug goes the next time it is put in.
func (o *Outlet) Move(h Host) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.host = h
}

// Plugged reports where the plug is.
func (o *Outlet) Plugged() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.in
}

// Taken counts the bytes that the device took from the host, over all cables, control transfers left out.
func (o *Outlet) Taken() int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.taken
}
