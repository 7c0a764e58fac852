package vhci

import (
	"context"
	"time"

	"markaz.example/devices/usb"
)

// Faults are what can be wrong with a device's transfers. The zero value is a device that is well.
type Faults struct {
	Silent bool          // takes nothing and gives nothing, control transfers included, for as long as this lasts
	Delay  time.Duration // of every transfer
	Short  int           // most bytes of one transfer to the host; 0 means no limit
	Stalls int           // so many transfers from now on are refused
}

// SetFaults replaces the faults. Transfers that a silent device holds go on when it is silent no more.
func (o *Outlet) SetFaults(f Faults) {
	o.init()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.faults = f
	close(o.changed)
	o.changed = make(chan struct{})
}

// PullAfter pulls the plug once the device has taken so many more bytes, before it takes one more: the host is told
// nothing of the transfer under way. The plug is in again after rest; 0 leaves it out until Plug.
func (o *Outlet) PullAfter(bytes int, rest time.Duration) {
	o.init()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.left, o.rest = bytes, rest
	o.pullIfDue()
}

// pullIfDue is called with the lock held.
func (o *Outlet) pullIfDue() {
	if o.left != 0 {
		return
	}
	o.left = -1
	o.plug(false)
	o.resting = o.rest > 0
}

// fated is a Function that fate has its hand in.
type fated struct {
	Function
	outlet *Outlet
}

func (f *fated) Control(ctx context.Context, r usb.Request, data []byte) ([]byte, error) {
	if _, err := f.outlet.hold(ctx); err != nil {
		return nil, err
	}
	return f.Function.Control(ctx, r, data)
}

func (f *fated) In(ctx context.Context, endpoint uint8, b []byte) (int, error) {
	faults, err := f.outlet.hold(ctx)
	if err != nil {
		return 0, err
	}
	if faults.Short > 0 {
		b = b[:min(len(b), faults.Short)]
	}
	return f.Function.In(ctx, endpoint, b)
}

func (f *fated) Out(ctx context.Context, endpoint uint8, b []byte) (int, error) {
	if _, err := f.outlet.hold(ctx); err != nil {
		return 0, err
	}
	n, err := f.Function.Out(ctx, endpoint, f.outlet.allowed(b))
	f.outlet.took(n)
	return n, err
}

// hold lets the faults have their way with a transfer before the device sees it.
func (o *Outlet) hold(ctx context.Context) (Faults, error) {
	for {
		f, changed, stall := o.fault()
		switch {
		case stall:
			return f, usb.ErrStall
		case !f.Silent:
			return f, sleep(ctx, f.Delay)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return f, ctx.Err()
		}
	}
}

// fault spends a stall, if there is one left.
func (o *Outlet) fault() (now Faults, changed <-chan struct{}, stall bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.faults.Stalls > 0 {
		o.faults.Stalls--
		return o.faults, o.changed, true
	}
	return o.faults, o.changed, false
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// allowed is the part of b that the device may take before its plug is pulled.
func (o *Outlet) allowed(b []byte) []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.left < 0 {
		return b
	}
	return b[:min(len(b), o.left)]
}

func (o *Outlet) took(bytes int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.taken += int64(bytes)
	if o.left > 0 {
		o.left = max(0, o.left-bytes)
		o.pullIfDue()
	}
}
