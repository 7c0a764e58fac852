package vhci

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"markaz.example/devices/usb"
)

// cable is one plug in its socket. The loop of listen takes commands; every endpoint has a goroutine, so that a device
// that is slow on one still answers on the others.
type cable struct {
	wire io.ReadWriteCloser
	desc Descriptors
	fn   Function

	endpoints map[uint8]chan *transfer // owned by listen

	mu      sync.Mutex           // guards what follows, and writing to wire
	pending map[uint32]*transfer // by sequence number, from command to answer
}

// transfer is a command to move bytes that has no answer yet.
type transfer struct {
	command
	cancel  context.CancelFunc // nil until it is its turn; guarded by cable.mu
	unlinks []uint32           // commands to take it back, seen while it was its turn; guarded by cable.mu
}

// serve is one cable, until the host hangs up or the context ends. It returns the error that ended it.
func serve(ctx context.Context, wire io.ReadWriteCloser, d Descriptors, fn Function) error {
	c := &cable{
		wire: wire, desc: d, fn: fn,
		endpoints: make(map[uint8]chan *transfer), pending: make(map[uint32]*transfer),
	}
	ctx, cancel := context.WithCancel(ctx)
	var parts sync.WaitGroup
	parts.Go(func() { _ = fn.Run(ctx) })
	parts.Go(func() { <-ctx.Done(); wire.Close() })
	err := c.listen(ctx, &parts)
	cancel()
	parts.Wait()
	return err
}

func (c *cable) listen(ctx context.Context, parts *sync.WaitGroup) error {
	for {
		cmd, err := readCommand(c.wire)
		if err != nil {
			return err
		}
		if cmd.kind == unlink {
			err = c.takeBack(cmd)
		} else {
			err = c.accept(ctx, cmd, parts)
		}
		if err != nil {
			return err
		}
	}
}

// accept queues a transfer at its endpoint. The queue has room for all that can be pending, so this never waits.
func (c *cable) accept(ctx context.Context, cmd command, parts *sync.WaitGroup) error {
	t := &transfer{command: cmd}
	c.mu.Lock()
	c.pending[cmd.seq] = t
	pending := len(c.pending)
	c.mu.Unlock()
	if pending > transfersMax {
		return fmt.Errorf("host has more than %d transfers under way", transfersMax)
	}
	queue, ok := c.endpoints[cmd.endpoint]
	if !ok {
		queue = make(chan *transfer, transfersMax)
		c.endpoints[cmd.endpoint] = queue
		parts.Go(func() { c.work(ctx, queue) })
	}
	select {
	case queue <- t:
		return nil
	default:
		return errors.New("host takes transfers back and sends new ones faster than the device can notice")
	}
}

// takeBack ends a transfer. One that waits for its turn is forgotten; one that has it is answered by its endpoint.
func (c *cable) takeBack(cmd command) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok := c.pending[cmd.victim]
	switch {
	case !ok:
		return c.write(appendUnlinked(nil, cmd.seq, statusDone))
	case t.cancel == nil:
		delete(c.pending, cmd.victim)
		return c.write(appendUnlinked(nil, cmd.seq, statusTaken))
	}
	t.unlinks = append(t.unlinks, cmd.seq)
	t.cancel()
	return nil
}

// work does the transfers of one endpoint in order.
func (c *cable) work(ctx context.Context, queue <-chan *transfer) {
	for {
		select {
		case t := <-queue:
			c.do(ctx, t)
		case <-ctx.Done():
			return
		}
	}
}

// do gives a transfer its turn. A cable that was pulled meanwhile carries no answer, not even of what was moved.
func (c *cable) do(pulled context.Context, t *transfer) {
	ctx, cancel := context.WithCancel(pulled)
	defer cancel()
	c.mu.Lock()
	_, wanted := c.pending[t.seq]
	t.cancel = cancel
	c.mu.Unlock()
	if !wanted {
		return
	}
	moved, answer, err := c.move(ctx, t)
	if pulled.Err() == nil {
		c.finish(t, moved, answer, err)
	}
}

// move lets the device do its part.
func (c *cable) move(ctx context.Context, t *transfer) (moved int, answer []byte, err error) {
	switch {
	case t.endpoint == 0:
		answer, err = c.control(ctx, t)
		if !t.in && err == nil {
			return len(t.data), nil, nil
		}
		answer = answer[:min(len(answer), t.length)]
		return len(answer), answer, err
	case t.in:
		b := make([]byte, t.length)
		n, err := c.fn.In(ctx, t.endpoint, b)
		return n, b[:n], err
	}
	n, err := c.fn.Out(ctx, t.endpoint, t.data)
	return n, nil, err
}

func (c *cable) control(ctx context.Context, t *transfer) ([]byte, error) {
	if t.request.Type&kindMask == kindStandard {
		return c.desc.standard(t.request)
	}
	data := t.data
	if t.in {
		data = make([]byte, t.length)
	}
	return c.fn.Control(ctx, t.request, data)
}

// finish answers. A transfer that was taken back and moved nothing has no answer of its own; one that moved bytes is
// answered with their count all the same, since the host keeps it on its books until then.
func (c *cable) finish(t *transfer, moved int, answer []byte, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.pending, t.seq)
	var b []byte
	left := int32(statusTaken)
	if len(t.unlinks) == 0 || err == nil || moved > 0 {
		b = appendSubmitted(b, t.seq, status(err), moved, answer)
		left = statusDone
	}
	for _, seq := range t.unlinks {
		b = appendUnlinked(b, seq, left)
	}
	_ = c.write(b) // a wire that fails here fails in listen too
}

// write sends one or more whole messages. The lock keeps them whole.
func (c *cable) write(b []byte) error {
	_, err := c.wire.Write(b)
	return err
}

func status(err error) int32 {
	switch {
	case err == nil:
		return statusDone
	case errors.Is(err, usb.ErrStall):
		return statusStall
	case errors.Is(err, context.Canceled):
		return statusTaken
	}
	return statusFault
}
