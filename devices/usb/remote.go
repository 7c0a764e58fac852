package usb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"markaz.example/devices/port"
)

// remote is an interface that markaz-usb holds for us: a Handle on a connection of its own.
type remote struct {
	link   *link
	device Device
}

func (h *remote) Endpoints() []Endpoint { return h.device.Interface.Endpoints }

func (h *remote) Control(ctx context.Context, r Request, data []byte) (int, error) {
	if len(data) > 1<<16-1 {
		return 0, fmt.Errorf("%w: control request of %d bytes", ErrRequest, len(data))
	}
	c := call{op: opControl, request: r, wait: wait(ctx), length: len(data)}
	if r.Type&directionIn == 0 {
		c.data = data
	}
	a, err := h.link.do(ctx, c)
	n := min(a.count, len(data))
	if r.Type&directionIn != 0 {
		n = copy(data, a.data)
	}
	return n, h.named(err)
}

func (h *remote) Read(ctx context.Context, endpoint uint8, b []byte) (int, error) {
	b = b[:min(len(b), transferBytesMax)]
	a, err := h.link.do(ctx, call{op: opRead, endpoint: endpoint, wait: wait(ctx), length: len(b)})
	n := copy(b, a.data)
	clear(a.data) // only the caller's copy of a fingerprint stays
	return n, h.named(quietly(n, err))
}

// Write goes in pieces, so that a long one does not fill the socket. A piece is a multiple of every packet size: the
// device sees one stream.
func (h *remote) Write(ctx context.Context, endpoint uint8, b []byte) (sent int, err error) {
	for sent < len(b) {
		piece := b[sent:min(sent+writeChunk, len(b))]
		a, err := h.link.do(ctx, call{op: opWrite, endpoint: endpoint, wait: wait(ctx), data: piece})
		sent += min(a.count, len(piece))
		if err != nil {
			return sent, h.named(err)
		}
	}
	return sent, nil
}

// Close gives the interface back and waits until the kernel's driver has it: 50 ms to 1 s, and twice answerGrace when
// markaz-usb hangs.
func (h *remote) Close() error {
	if err := h.link.ended(); err != nil {
		h.link.end(port.ErrClosed)
		return h.named(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), answerGrace)
	defer cancel()
	_, err := h.link.do(ctx, call{op: opClose})
	h.link.end(port.ErrClosed)
	return h.named(err)
}

// named says which device an error is of.
func (h *remote) named(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("USB device %s at %s: %w", h.device.USBID(), h.device.Path, err)
}

// quietly forgives a read that the clock ended when it brought something.
func quietly(n int, err error) error {
	if n > 0 && errors.Is(err, port.ErrQuiet) {
		return nil
	}
	return err
}

// wait is how long the request may take on the other side, in whole milliseconds and at least one; 0 for no deadline.
// The context itself cancels it as well.
func wait(ctx context.Context) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return 0
	}
	return min(max(time.Until(deadline).Round(time.Millisecond), time.Millisecond), waitMax)
}
