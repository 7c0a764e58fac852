package vhci

import (
	"context"
	"net"
	"time"

	"markaz.example/devices/outlet"
)

// stream is the byte stream between a pair of bulk endpoints and a simulator that knows nothing of USB. It has no buffer:
// what the simulator does not read, the host is not rid of.
type stream struct {
	device     outlet.Device
	near, wire net.Conn
}

func newStream(d outlet.Device) *stream {
	near, wire := net.Pipe()
	return &stream{device: d, near: near, wire: wire}
}

// Run serves the simulator's end until the cable is pulled.
func (s *stream) Run(ctx context.Context) error {
	defer s.near.Close()
	return s.device.Serve(ctx, s.wire)
}

// In waits for bytes of the simulator.
func (s *stream) In(ctx context.Context, b []byte) (int, error) {
	return within(ctx, s.near.SetReadDeadline, func() (int, error) { return s.near.Read(b) })
}

// Out hands bytes to the simulator as it takes them.
func (s *stream) Out(ctx context.Context, b []byte) (int, error) {
	return within(ctx, s.near.SetWriteDeadline, func() (int, error) { return s.near.Write(b) })
}

// within ends a call on a connection with the context. A simulator that hung up is one that says nothing more: a USB
// device cannot hang up.
func within(ctx context.Context, setDeadline func(time.Time) error, call func() (int, error)) (int, error) {
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(ended)
		_ = setDeadline(time.Now())
	})
	n, err := call()
	if !stop() {
		<-ended
		_ = setDeadline(time.Time{})
	}
	if err == nil {
		return n, nil
	}
	<-ctx.Done()
	return n, ctx.Err()
}
