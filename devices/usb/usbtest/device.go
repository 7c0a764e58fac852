package usbtest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"markaz.example/devices/port"
	"markaz.example/devices/usb"
)

// Device is a device with one interface. Set Control and Life before it is served; all methods may be called from any
// goroutine. It begins plugged in.
type Device struct {
	// Control answers control requests: data is to be filled when the request is to the host, and read when it is not.
	// usb.ErrStall refuses. nil refuses everything.
	Control func(ctx context.Context, r usb.Request, data []byte) (int, error)
	// Life is what the device does while it is plugged in, in a goroutine of its own; its context ends when the plug is
	// pulled. nil is a device that does only what the test does with Send and Receive.
	Life func(ctx context.Context)

	about  usb.Device
	moved  chan struct{} // one waiting request to look at the plug again
	driver string        // of the kernel while nobody has the interface

	mu     sync.Mutex
	plug   *plug            // guarded by mu: nil while it is out
	taken  bool             // guarded by mu: somebody has the interface
	faults map[uint8]*fault // guarded by mu: what a test does to an endpoint
}

// plug is the time from plugging in to pulling out.
type plug struct {
	ctx   context.Context
	pull  context.CancelFunc
	pipes map[uint8]*pipe
}

// pipe carries packets one by one, each when both ends are there.
type pipe struct {
	packets chan []byte
	packet  int // bytes

	turn sync.Mutex // one reader at a time
	left []byte     // guarded by turn: of a packet that the device has read in part
}

// fault is what is wrong with an endpoint.
type fault struct {
	stalled  bool
	delay    time.Duration
	unplugAt int // bytes until the plug falls out; 0 means never
}

// New makes a device from its description. Path, vendor, product and the interface with its endpoints are the test's.
func New(about usb.Device) *Device {
	d := &Device{about: about, moved: make(chan struct{}, 1), faults: make(map[uint8]*fault), driver: "none"}
	for _, e := range about.Interface.Endpoints {
		d.faults[e.Address] = &fault{}
	}
	d.Plug()
	return d
}

// NewRaw makes a device with the vendor's own class, as fingerprint readers have, at path 1-9.
func NewRaw(id usb.ID, serial string, endpoints ...usb.Endpoint) *Device {
	const vendorSpecific = 0xff
	return New(usb.Device{
		Path: "1-9", Address: 9, Vendor: id.Vendor, Product: id.Product, Serial: serial,
		Interface: usb.Setting{Config: 1, Class: vendorSpecific, Endpoints: endpoints},
	})
}

// About is the device's description.
func (d *Device) About() usb.Device { return d.about }

// run lives from plug to plug.
func (d *Device) run(ctx context.Context) {
	for ctx.Err() == nil {
		if p := d.plugged(); p != nil && d.Life != nil {
			life, end := context.WithCancel(ctx)
			stop := context.AfterFunc(p.ctx, end)
			d.Life(life)
			<-life.Done()
			stop()
			end()
			continue
		}
		select {
		case <-ctx.Done():
		case <-d.moved:
		}
	}
}

// Plug puts the plug in.
func (d *Device) Plug() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.plug != nil {
		return
	}
	ctx, pull := context.WithCancel(context.Background())
	d.plug = &plug{ctx: ctx, pull: pull, pipes: make(map[uint8]*pipe)}
	for _, e := range d.about.Interface.Endpoints {
		d.plug.pipes[e.Address] = &pipe{packets: make(chan []byte), packet: max(e.Packet, 1)}
	}
	select {
	case d.moved <- struct{}{}:
	default:
	}
}

// Unplug pulls it, in the middle of a packet if need be. Handles that are open are of no more use, even after Plug.
func (d *Device) Unplug() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.plug != nil {
		d.plug.pull()
		d.plug, d.taken = nil, false
	}
}

// UnplugAfter pulls the plug when so many more bytes have passed an endpoint, and in no later byte.
func (d *Device) UnplugAfter(endpoint uint8, bytes int) {
	d.spoil(endpoint, func(f *fault) { f.unplugAt = bytes })
}

// Stall halts an endpoint, or frees it.
func (d *Device) Stall(endpoint uint8, halted bool) {
	d.spoil(endpoint, func(f *fault) { f.stalled = halted })
}

// Delay makes every transfer on an endpoint begin so much later.
func (d *Device) Delay(endpoint uint8, by time.Duration) {
	d.spoil(endpoint, func(f *fault) { f.delay = by })
}

func (d *Device) spoil(endpoint uint8, change func(*fault)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f, ok := d.faults[endpoint]
	if !ok {
		panic(fmt.Sprintf("BUG: the device has no endpoint %02x", endpoint))
	}
	change(f)
}

// Plugged reports where the plug is.
func (d *Device) Plugged() bool { return d.plugged() != nil }

func (d *Device) plugged() *plug {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.plug
}

// Driver is who has the interface now: "usbfs" while it is open, else the kernel's own driver: "usblp" of a printer,
// "none" of others.
func (d *Device) Driver() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.taken {
		return "usbfs"
	}
	return d.driver
}

// Send gives bytes to whoever reads an endpoint to the host, and returns when all are taken. A read ends with a packet
// that is not full, so the last packet of data ends one and data of a whole number of packets ends none; no data at
// all is an empty packet. Errors: port.ErrGone, the context's.
func (d *Device) Send(ctx context.Context, endpoint uint8, data []byte) error {
	p, pipe, err := d.end(endpoint)
	if err != nil {
		return err
	}
	for first := true; first || len(data) > 0; first = false {
		n := min(len(data), pipe.packet)
		select {
		case pipe.packets <- data[:n:n]:
		case <-p.ctx.Done():
			return fmt.Errorf("send on endpoint %02x: %w", endpoint, port.ErrGone)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		data = data[n:]
	}
	return nil
}

// Receive takes what the host wrote to an endpoint, at most one packet. Errors: port.ErrGone, the context's.
func (d *Device) Receive(ctx context.Context, endpoint uint8, b []byte) (int, error) {
	p, pipe, err := d.end(endpoint)
	if err != nil {
		return 0, err
	}
	pipe.turn.Lock()
	defer pipe.turn.Unlock()
	if len(pipe.left) == 0 {
		select {
		case pipe.left = <-pipe.packets:
		case <-p.ctx.Done():
			return 0, fmt.Errorf("receive on endpoint %02x: %w", endpoint, port.ErrGone)
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		}
	}
	n := copy(b, pipe.left)
	pipe.left = pipe.left[n:]
	return n, nil
}

func (d *Device) end(endpoint uint8) (*plug, *pipe, error) {
	p := d.plugged()
	if p == nil {
		return nil, nil, fmt.Errorf("endpoint %02x: %w", endpoint, port.ErrGone)
	}
	pipe, ok := p.pipes[endpoint]
	if !ok {
		return nil, nil, fmt.Errorf("the device has no endpoint %02x", endpoint)
	}
	return p, pipe, nil
}
