package uru

import (
	"context"
	"errors"
	"fmt"

	"markaz.example/devices/port"
	"markaz.example/devices/usb"
)

// SetPlugged pulls the plug or puts it in. While it is out OpenUSB fails as for a device that is not there.
func (s *Sim) SetPlugged(in bool) {
	s.with(func() {
		if !in {
			s.pulled()
		}
		s.out = !in // at once, or a host finds the reader again that was just pulled
	})
}

// OpenUSB is a cable made of memory; a Sim is a usb.Opener too.
func (s *Sim) OpenUSB(ctx context.Context) (usb.Handle, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	s.init()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.out {
		return nil, fmt.Errorf("simulated reader: %w", port.ErrGone)
	}
	life, stop := context.WithCancelCause(context.Background())
	return &cable{sim: s, gone: s.unplug, life: life, stop: stop}, nil
}

// cable is one host's hold of the reader.
type cable struct {
	sim  *Sim
	gone chan struct{} // closed when the plug that this cable is has been pulled
	life context.Context
	stop context.CancelCauseFunc
}

func (c *cable) Endpoints() []usb.Endpoint {
	return []usb.Endpoint{
		{Address: pipeInterrupt, Transfer: usb.Interrupt, Packet: interruptBytes},
		{Address: pipeBulk, Transfer: usb.Bulk, Packet: packetBytes},
	}
}

func (c *cable) Control(ctx context.Context, r usb.Request, data []byte) (int, error) {
	if err := c.over(ctx); err != nil {
		return 0, err
	}
	answer, err := c.sim.Control(r, data)
	switch {
	case errors.Is(err, port.ErrQuiet):
		return 0, c.wait(ctx)
	case err != nil:
		return 0, err
	case r.Type&0x80 == 0:
		return len(data), nil
	}
	return copy(data, answer), nil
}

func (c *cable) Read(ctx context.Context, endpoint uint8, b []byte) (int, error) {
	if err := c.over(ctx); err != nil {
		return 0, err
	}
	pull := c.sim.Bulk
	if endpoint == pipeInterrupt {
		pull = c.sim.Interrupt
	}
	until, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	defer context.AfterFunc(c.life, func() { stop(port.ErrClosed) })()
	got, err := pull(until)
	if err != nil {
		return 0, c.explain(ctx, err)
	}
	return copy(b, got), nil
}

func (c *cable) Write(context.Context, uint8, []byte) (int, error) { return 0, usb.ErrStall }

func (c *cable) Close() error {
	c.stop(port.ErrClosed)
	return nil
}

// over is why nothing can be asked any more; nil while it can.
func (c *cable) over(ctx context.Context) error {
	select {
	case <-c.gone:
		return port.ErrGone
	case <-c.life.Done():
		return port.ErrClosed
	case <-ctx.Done():
		return c.explain(ctx, context.Cause(ctx))
	default:
		return nil
	}
}

// wait is a question that nobody answers.
func (c *cable) wait(ctx context.Context) error {
	select {
	case <-c.gone:
		return port.ErrGone
	case <-c.life.Done():
		return port.ErrClosed
	case <-ctx.Done():
		return c.explain(ctx, context.Cause(ctx))
	}
}

// explain gives a passed deadline the meaning that it has at a Handle.
func (c *cable) explain(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return port.ErrQuiet
	}
	return err
}
