package chaos

import (
	"bytes"
	"context"
	"io"
	"slices"
	"sync"

	"markaz.example/devices/outlet"
)

// trip is a printer with a wire across its line: when the box has sent so many more bytes, something happens.
type trip struct {
	outlet.Device
	liar bool // answers before it prints: the control

	mu   sync.Mutex
	seen int    // bytes since the last arm
	at   int    // 0 means not armed
	then func() // called once, from another goroutine
	flip bool   // spoil the next byte
}

// arm sets the wire. It reports how many bytes went by since it was set last.
func (t *trip) arm(at int, then func()) (seen int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	seen, t.seen = t.seen, 0
	t.at, t.then = at, then
	return seen
}

func (t *trip) spoil() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.flip = true
}

// Serve is the device's, behind the wire.
func (t *trip) Serve(ctx context.Context, wire io.ReadWriteCloser) error {
	return t.Device.Serve(ctx, &tripped{ReadWriteCloser: wire, trip: t})
}

type tripped struct {
	io.ReadWriteCloser
	*trip
	held []byte // what may be the beginning of the question, for the liar
}

// Read lets the device see bytes up to the wire, and no further in one go.
func (w *tripped) Read(b []byte) (int, error) {
	n, err := w.ReadWriteCloser.Read(b[:w.room(len(b)-len(w.held))])
	if then := w.count(b[:n]); then != nil {
		then()
	}
	if w.liar && err == nil {
		n = w.lie(b[:n])
	}
	return n, err
}

func (t *trip) room(n int) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.at > t.seen {
		return min(n, t.at-t.seen)
	}
	return n
}

// count notes what went by; it gives what is to happen now.
func (t *trip) count(b []byte) (then func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.flip && len(b) > 0 {
		b[0] ^= 0x40
		t.flip = false
	}
	t.seen += len(b)
	if t.at > 0 && t.seen >= t.at {
		then, t.at, t.then = t.then, 0, nil
	}
	return then
}

// askPaper is GS r 1, the question whose answer proves a paper.
var askPaper = []byte{0x1d, 0x72, 0x01}

// lie answers the proving question while the slip is still in the buffer, and keeps it from the printer. It gives how
// many bytes of b are left.
func (w *tripped) lie(b []byte) int {
	all := append(w.held, b...)
	for n := bytes.Count(all, askPaper); n > 0; n-- {
		_, _ = w.Write([]byte{0x00})
	}
	all = bytes.ReplaceAll(all, askPaper, nil)
	keep := 0
	for n := 1; n < len(askPaper); n++ {
		if bytes.HasSuffix(all, askPaper[:n]) {
			keep = n
		}
	}
	w.held = slices.Clone(all[len(all)-keep:])
	return copy(b, all[:len(all)-keep])
}
