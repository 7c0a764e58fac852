package port

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

// TCP opens a raw byte stream to a device on the network, such as a printer at port 9100.
type TCP struct {
	Address string        // host:port
	Quiet   time.Duration // how long Read waits; 0 means 100 ms
	Stall   time.Duration // how long Write waits without progress; 0 means 2 s
}

// Open connects.
func (t TCP) Open(ctx context.Context) (io.ReadWriteCloser, error) {
	dialer := net.Dialer{Timeout: dialWait}
	c, err := dialer.DialContext(ctx, "tcp", t.Address)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", t.Address, err)
	}
	return Wrap(c, t.Address, t.Quiet, t.Stall), nil
}

// Wrap gives any connection with deadlines the meanings of a port: a socket, or one end of net.Pipe.
// Zero durations mean the defaults, 100 ms and 2 s.
func Wrap(c net.Conn, name string, quiet, stall time.Duration) io.ReadWriteCloser {
	return &conn{name: name, c: c, quiet: or(quiet, quietDefault), stall: or(stall, stallDefault)}
}

type conn struct {
	name         string
	c            net.Conn
	quiet, stall time.Duration
}

func (p *conn) Read(b []byte) (int, error) {
	if err := p.c.SetReadDeadline(time.Now().Add(p.quiet)); err != nil {
		return 0, meaning("read", p.name, err)
	}
	n, err := p.c.Read(b)
	if n > 0 || err == nil {
		return n, nil
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return 0, fmt.Errorf("read %s: %w", p.name, ErrQuiet)
	}
	return 0, meaning("read", p.name, err)
}

func (p *conn) Write(b []byte) (int, error) { return writeChunks(p.c, p.name, b, p.stall) }

func (p *conn) Close() error { return p.c.Close() }

type deadlineWriter interface {
	io.Writer
	SetWriteDeadline(time.Time) error
}

// writeChunks offers b piece by piece; the deadline moves with each piece.
func writeChunks(w deadlineWriter, name string, b []byte, stall time.Duration) (sent int, err error) {
	for sent < len(b) {
		if err := w.SetWriteDeadline(time.Now().Add(stall)); err != nil {
			return sent, meaning("write", name, refusedDeadline(err))
		}
		n, err := w.Write(b[sent:min(sent+writeChunk, len(b))])
		sent += n
		if err != nil {
			return sent, meaning("write", name, err)
		}
	}
	return sent, nil
}

// refusedDeadline: a file that takes deadlines refuses one when it was closed meanwhile, and says so in an error that package
// os keeps to itself.
func refusedDeadline(err error) error {
	if errors.Is(err, os.ErrNoDeadline) {
		return err
	}
	return os.ErrClosed
}

// meaning sorts what the system said into the errors a driver knows. What it cannot place is a line that failed, and
// a failed line is gone: reopening is the cure for all of them.
func meaning(doing, name string, err error) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("%s %s: %w", doing, name, ErrStuck)
	case errors.Is(err, os.ErrClosed), errors.Is(err, net.ErrClosed):
		return fmt.Errorf("%s %s: %w", doing, name, ErrClosed)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrClosedPipe), errors.Is(err, syscall.EIO):
		return fmt.Errorf("%s %s: %w", doing, name, ErrGone)
	}
	return fmt.Errorf("%s %s: %w (%w)", doing, name, ErrGone, err)
}

func or(d, otherwise time.Duration) time.Duration {
	if d <= 0 {
		return otherwise
	}
	return d
}
