package vhci

import (
	"context"
	"errors"

	"markaz.example/devices/port"
	"markaz.example/devices/usb"
)

// Pipes is a simulator that is made of control requests, an interrupt pipe and a bulk pipe to the host, as a fingerprint
// reader is. Interrupt and Bulk wait for the next parcel; port.ErrQuiet from Control is a device that does not answer.
type Pipes interface {
	DeviceDescriptor() []byte
	ConfigDescriptor() []byte
	Strings() []string
	Control(r usb.Request, data []byte) (answer []byte, err error)
	Interrupt(ctx context.Context) ([]byte, error)
	Bulk(ctx context.Context) ([]byte, error)
	Pull() // the cable was pulled
}

// Reader is a USB device around Pipes.
type Reader struct{ Sim Pipes }

// Run does nothing: Pipes live by what is asked of them.
func (r *Reader) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// Descriptors are the simulator's.
func (r *Reader) Descriptors() Descriptors {
	return Descriptors{
		Speed: High, Device: r.Sim.DeviceDescriptor(), Config: r.Sim.ConfigDescriptor(), Strings: r.Sim.Strings(),
	}
}

// Attach plugs in a cable.
func (r *Reader) Attach() Function {
	f := &readerFunction{sim: r.Sim, pipes: make(map[uint8]*pipe)}
	f.addPipes(r.Sim.ConfigDescriptor())
	return f
}

type readerFunction struct {
	sim   Pipes
	pipes map[uint8]*pipe // by address
}

// pipe cuts parcels into transfers.
type pipe struct {
	fetch func(context.Context) ([]byte, error)
	rest  []byte // of a parcel that was longer than the transfer
}

// addPipes finds the endpoints to the host in a configuration.
func (f *readerFunction) addPipes(config []byte) {
	for d := config; len(d) >= 2 && d[0] >= 2 && int(d[0]) <= len(d); d = d[d[0]:] {
		if d[1] != descEndpoint || d[0] < 4 || d[2]&directionIn == 0 {
			continue
		}
		switch d[3] {
		case interrupt:
			f.pipes[d[2]] = &pipe{fetch: f.sim.Interrupt}
		case bulk:
			f.pipes[d[2]] = &pipe{fetch: f.sim.Bulk}
		}
	}
}

// Run waits for the end of the cable.
func (f *readerFunction) Run(ctx context.Context) error {
	<-ctx.Done()
	f.sim.Pull()
	return nil
}

func (f *readerFunction) Control(ctx context.Context, r usb.Request, data []byte) ([]byte, error) {
	answer, err := f.sim.Control(r, data)
	if errors.Is(err, port.ErrQuiet) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return answer, err
}

func (f *readerFunction) In(ctx context.Context, endpoint uint8, b []byte) (int, error) {
	p, ok := f.pipes[endpoint]
	if !ok {
		return 0, usb.ErrStall
	}
	return p.read(ctx, b)
}

// Out is refused: nothing is sent to such a device but requests.
func (f *readerFunction) Out(context.Context, uint8, []byte) (int, error) { return 0, usb.ErrStall }

func (p *pipe) read(ctx context.Context, b []byte) (int, error) {
	if len(p.rest) == 0 {
		parcel, err := p.fetch(ctx)
		if err != nil {
			return 0, err
		}
		p.rest = parcel
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}
