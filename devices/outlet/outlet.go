package outlet

import (
	"cmp"
	"context"
	"errors"
	"io"
	"sync"

	"markaz.example/devices/fault"
	"markaz.example/devices/port"
)

// Device is a simulated device at the far end of a cable.
type Device interface {
	// Run is the device's own life, which goes on while no cable is plugged in. It ends with the context.
	Run(ctx context.Context) error
	// Serve is one cable. It ends, and closes the wire, when the other side hangs up or the context ends.
	Serve(ctx context.Context, wire io.ReadWriteCloser) error
}

// Powered is a Device with a mains switch. Without power it forgets what it has in memory.
type Powered interface{ SetPower(on bool) }

// Outlet is where a Device is plugged in. Set the fields before Run; the other methods may be called from any goroutine.
type Outlet struct {
	Device Device
	Link   string        // symlink to the line; it is there while the plug is in
	Script *fault.Script // what befalls the device and its cable, from the start of Run; nil means nothing

	once  sync.Once
	fate  *fault.Fate   // made by Run
	begun chan struct{} // closed when there is a fate
	moved chan struct{} // one waiting request to look again

	mu   sync.Mutex
	in   bool               // guarded by mu: the plug is or should be in
	pull context.CancelFunc // guarded by mu: nil while no line is served
}

func (o *Outlet) init() {
	o.once.Do(func() { o.begun, o.moved = make(chan struct{}), make(chan struct{}, 1) })
}

// Run is the device's life, and one line at a time.
func (o *Outlet) Run(ctx context.Context) error {
	o.init()
	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	wg.Go(func() { _ = o.Device.Run(ctx) })
	o.fate = cmp.Or(o.Script, &fault.Script{}).Start(hooks(o.Device, o.Plug))
	close(o.begun)
	wg.Go(func() { _ = o.fate.Run(ctx) })
	for ctx.Err() == nil {
		o.fate.Settle(ctx) // else a line would flash up between a script's unplug and the plug
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
	if err := o.Device.Serve(serving, o.fate.Wrap(line)); serving.Err() == nil && !errors.Is(err, port.ErrGone) {
		return err
	}
	return nil
}

// Befall lets another script take over at once, in the place of Script or of the last one, as fault.Fate.Begin says. It
// waits for Run.
func (o *Outlet) Befall(s *fault.Script) (done <-chan struct{}) {
	o.init()
	<-o.begun
	return o.fate.Begin(s)
}

// hooks lets a script do what a person could.
func hooks(d Device, plug func(in bool)) fault.Hooks {
	h := fault.Hooks{Plug: plug}
	if p, ok := d.(Powered); ok {
		h.Power = p.SetPower
	}
	return h
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
