package tape

import (
	"context"
	"io"
	"time"

	"markaz.example/devices/port"
)

// Tap is a port.Opener that listens in on another.
type Tap struct {
	Port port.Opener
	Ring *Ring // where exchanges are kept; nil means nowhere
	Mask Mask  // what must not be kept; nil hides everything
}

// Open opens the port. Its errors are passed on as they are.
func (t *Tap) Open(ctx context.Context) (io.ReadWriteCloser, error) {
	conn, err := t.Port.Open(ctx)
	if err != nil || t.Ring == nil {
		return conn, err
	}
	mask := t.Mask
	if mask == nil {
		mask = Everything
	}
	return &tapped{ReadWriteCloser: conn, ring: t.Ring, in: mask(In), out: mask(Out)}, nil
}

// tapped is read by one goroutine and written by one.
type tapped struct {
	io.ReadWriteCloser
	ring    *Ring
	in, out Hide
}

func (t *tapped) Read(b []byte) (int, error) {
	n, err := t.ReadWriteCloser.Read(b)
	if n > 0 {
		t.ring.Keep(time.Now(), In, t.in(b[:n]))
	}
	return n, err
}

// Write keeps first, since the answer may be read before the write returns; what the line did not take is then on the
// tape all the same, and nothing after it.
func (t *tapped) Write(b []byte) (int, error) {
	if len(b) > 0 {
		t.ring.Keep(time.Now(), Out, t.out(b))
	}
	n, err := t.ReadWriteCloser.Write(b)
	t.ring.Taken(time.Now())
	return n, err
}
