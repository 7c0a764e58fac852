package usb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"markaz.example/devices/port"
)

// Printer opens a USB printer as a port. The port also is a port.SideChannel.
type Printer struct {
	Socket   Socket
	Selector Selector
	Quiet    time.Duration // how long Read waits; 0 means 100 ms
	Stall    time.Duration // how long Write waits without progress; 0 means 2 s
}

// Open takes the printer. Errors: port.ErrGone when none fits, port.ErrBusy, ErrNotRunning, ErrPermission, ErrSeveral.
func (p Printer) Open(ctx context.Context) (io.ReadWriteCloser, error) {
	h, err := p.Socket.open(ctx, Print, p.Selector)
	if err != nil {
		return nil, fmt.Errorf("open USB printer (%s): %w", p.Selector, err)
	}
	out, in, ok := h.device.Interface.Pipes()
	if !ok {
		return nil, errors.Join(fmt.Errorf("open USB printer (%s): %w: it has no way in", p.Selector, ErrProtocol), h.Close())
	}
	packet, _ := h.device.Interface.packet(in)
	return &printerPort{
		h: h, out: out, in: in, buf: max(packet, 1),
		quiet: cmp.Or(p.Quiet, quietDefault), stall: cmp.Or(p.Stall, stallDefault), closed: make(chan struct{}),
	}, nil
}

// printerPort is one opened printer. One goroutine reads, one writes.
type printerPort struct {
	h            *remote
	out, in      uint8 // in is 0 for a printer that gives no answers
	buf          int   // bytes of one read: a packet, since a printer's answers are shorter
	quiet, stall time.Duration
	once         sync.Once
	closed       chan struct{}

	// Owned by the goroutine that reads.
	left  []byte // came in one packet, not yet asked for
	under *asked // a read that goes on between two calls; nil when there is none
}

var _ port.SideChannel = (*printerPort)(nil)

// Read keeps one transfer under way, from call to call: each one that is cancelled could lose bytes that arrive in that
// instant.
func (p *printerPort) Read(b []byte) (int, error) {
	if len(p.left) == 0 {
		if err := p.hear(); err != nil {
			return 0, fmt.Errorf("read: %w", err)
		}
	}
	n := copy(b, p.left)
	p.left = p.left[n:]
	return n, nil
}

// hear waits the quiet time for a packet.
func (p *printerPort) hear() error {
	if err := p.begin(); err != nil {
		return err
	}
	quiet := time.NewTimer(p.quiet)
	defer quiet.Stop()
	var done <-chan answer // stays nil, and silent, for a printer that gives no answers
	if p.under != nil {
		done = p.under.done
	}
	select {
	case a := <-done:
		return p.take(a, quiet.C)
	case <-p.h.link.over:
		return p.h.named(p.h.link.ended())
	case <-p.closed:
		return p.h.named(port.ErrClosed)
	case <-quiet.C:
		return p.h.named(port.ErrQuiet)
	}
}

func (p *printerPort) begin() error {
	if p.in == 0 || p.under != nil {
		return nil
	}
	q, err := p.h.link.ask(call{op: opRead, endpoint: p.in, length: p.buf})
	if err != nil {
		return p.h.named(err)
	}
	p.under = &q
	return nil
}

// take keeps what a transfer brought. Some printers answer at once with an empty packet when they have nothing to say:
// that must not become a busy loop, so the rest of the quiet time is waited for.
func (p *printerPort) take(a answer, quiet <-chan time.Time) error {
	p.under = nil
	if err := quietly(len(a.data), a.err()); err != nil {
		return p.h.named(err)
	}
	p.left = a.data
	if len(p.left) > 0 {
		return nil
	}
	select {
	case <-quiet:
		return p.h.named(port.ErrQuiet)
	case <-p.closed:
		return p.h.named(port.ErrClosed)
	}
}

// Write goes on as long as something moves: the stall time begins anew with every piece of which the printer took a part.
func (p *printerPort) Write(b []byte) (sent int, err error) {
	for sent < len(b) {
		n, err := p.push(b[sent:min(sent+writeChunk, len(b))])
		sent += n
		stuck := errors.Is(err, port.ErrQuiet)
		if stuck && n == 0 {
			return sent, fmt.Errorf("write: %w", p.h.named(port.ErrStuck))
		}
		if err != nil && !stuck {
			return sent, fmt.Errorf("write: %w", err)
		}
	}
	return sent, nil
}

func (p *printerPort) push(piece []byte) (int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), p.stall)
	defer cancel()
	return p.h.Write(ctx, p.out, piece)
}

// Close gives the printer back to the kernel.
func (p *printerPort) Close() error {
	p.once.Do(func() { close(p.closed) })
	return p.h.Close()
}

// PortStatus is GET_PORT_STATUS. Source: Printer Class 1.1, section 4.2.2.
func (p *printerPort) PortStatus(ctx context.Context) (byte, error) {
	var status [1]byte
	n, err := p.h.Control(ctx, Request{Type: 0xa1, Code: 1, Index: uint16(p.h.device.Interface.Number)}, status[:])
	if err == nil && n != len(status) {
		err = p.h.named(port.ErrQuiet)
	}
	if err != nil {
		return 0, fmt.Errorf("ask for the port status: %w", err)
	}
	return status[0], nil
}

// SoftReset is SOFT_RESET, first as version 1.1 of the class has it and then as 1.0 had it, which older printers
// know alone. Source: Printer Class 1.1, section 4.2.3 and its revision history.
func (p *printerPort) SoftReset(ctx context.Context) error {
	const toInterface, toOther, softReset = 0x21, 0x23, 2
	face := uint16(p.h.device.Interface.Number)
	_, err := p.h.Control(ctx, Request{Type: toInterface, Code: softReset, Index: face}, nil)
	if errors.Is(err, ErrStall) {
		_, err = p.h.Control(ctx, Request{Type: toOther, Code: softReset, Index: face}, nil)
	}
	if err != nil {
		return fmt.Errorf("reset the printer: %w", err)
	}
	return nil
}
