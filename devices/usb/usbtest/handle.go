package usbtest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"markaz.example/devices/port"
	"markaz.example/devices/usb"
)

// handle is the host's end.
type handle struct {
	device *Device
	plug   *plug
	life   context.Context // until Close
	end    context.CancelFunc
	calls  sync.WaitGroup

	mu     sync.Mutex
	closed bool // guarded by mu
}

func (d *Device) open() (*handle, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.plug == nil:
		return nil, port.ErrGone
	case d.taken:
		return nil, port.ErrBusy
	}
	d.taken = true
	h := &handle{device: d, plug: d.plug}
	h.life, h.end = context.WithCancel(context.Background())
	return h, nil
}

func (h *handle) Endpoints() []usb.Endpoint { return h.device.about.Interface.Endpoints }

// enter makes Close wait for a call, and refuses one that comes later.
func (h *handle) enter() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return port.ErrClosed
	}
	h.calls.Add(1)
	return nil
}

func (h *handle) Control(ctx context.Context, r usb.Request, data []byte) (int, error) {
	if err := h.enter(); err != nil {
		return 0, err
	}
	defer h.calls.Done()
	if err := h.ended(ctx); err != nil {
		return 0, err
	}
	if h.device.Control == nil {
		return 0, usb.ErrStall
	}
	return h.device.Control(ctx, r, data)
}

// ended is why a transfer cannot go on; nil when it can.
func (h *handle) ended(ctx context.Context) error {
	switch {
	case h.plug.ctx.Err() != nil:
		return port.ErrGone
	case h.life.Err() != nil:
		return port.ErrClosed
	case ctx.Err() != nil:
		return port.ErrQuiet
	}
	return nil
}

func (h *handle) Read(ctx context.Context, endpoint uint8, b []byte) (n int, err error) {
	pipe, err := h.begin(ctx, endpoint)
	if err != nil {
		return 0, err
	}
	defer h.calls.Done()
	for n < len(b) {
		select {
		case packet := <-pipe.packets:
			if len(packet) > len(b)-n {
				return n, fmt.Errorf("a packet of %d bytes does not fit: %w", len(packet), usb.ErrRequest)
			}
			n += copy(b[n:], packet)
			h.passed(endpoint, len(packet))
			if len(packet) < pipe.packet {
				return n, nil
			}
		case <-h.plug.ctx.Done():
			return n, port.ErrGone
		case <-h.life.Done():
			return n, port.ErrClosed
		case <-ctx.Done():
			return n, quiet(n)
		}
	}
	return n, nil
}

func quiet(n int) error {
	if n > 0 {
		return nil
	}
	return port.ErrQuiet
}

func (h *handle) Write(ctx context.Context, endpoint uint8, b []byte) (n int, err error) {
	pipe, err := h.begin(ctx, endpoint)
	if err != nil {
		return 0, err
	}
	defer h.calls.Done()
	for n < len(b) {
		size := min(pipe.packet, len(b)-n, h.allowed(endpoint))
		packet := append([]byte(nil), b[n:n+size]...)
		select {
		case pipe.packets <- packet:
			n += size
			h.passed(endpoint, size)
		case <-h.plug.ctx.Done():
			return n, port.ErrGone
		case <-h.life.Done():
			return n, port.ErrClosed
		case <-ctx.Done():
			return n, port.ErrQuiet
		}
	}
	return n, nil
}

// begin enters a call, waits the endpoint's delay and looks whether it is halted.
func (h *handle) begin(ctx context.Context, endpoint uint8) (*pipe, error) {
	pipe, ok := h.plug.pipes[endpoint]
	if !ok {
		return nil, fmt.Errorf("no endpoint %02x: %w", endpoint, usb.ErrRequest)
	}
	if err := h.enter(); err != nil {
		return nil, err
	}
	f := h.fault(endpoint)
	h.pause(ctx, f.delay)
	err := h.ended(ctx)
	if err == nil && f.stalled {
		err = usb.ErrStall
	}
	if err != nil {
		h.calls.Done()
		return nil, err
	}
	return pipe, nil
}

func (h *handle) pause(ctx context.Context, d time.Duration) {
	if d == 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	case <-h.plug.ctx.Done():
	case <-h.life.Done():
	}
}

func (h *handle) fault(endpoint uint8) fault {
	h.device.mu.Lock()
	defer h.device.mu.Unlock()
	return *h.device.faults[endpoint]
}

// allowed is how many bytes may pass before the plug falls out.
func (h *handle) allowed(endpoint uint8) int {
	if n := h.fault(endpoint).unplugAt; n > 0 {
		return n
	}
	return 1 << 30
}

// passed counts bytes towards the one at which the plug falls out.
func (h *handle) passed(endpoint uint8, bytes int) {
	out := false
	h.device.spoil(endpoint, func(f *fault) {
		if f.unplugAt == 0 {
			return
		}
		f.unplugAt = max(f.unplugAt-bytes, 0)
		out = f.unplugAt == 0
	})
	if out {
		h.device.Unplug()
	}
}

// Close waits for the calls that are under way and gives the interface back to the kernel.
func (h *handle) Close() error {
	h.mu.Lock()
	again := h.closed
	h.closed = true
	h.mu.Unlock()
	if again {
		return port.ErrClosed
	}
	h.end()
	h.calls.Wait()
	h.device.mu.Lock()
	defer h.device.mu.Unlock()
	if h.device.plug == h.plug {
		h.device.taken = false
	}
	return nil
}
