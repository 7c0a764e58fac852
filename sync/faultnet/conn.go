package faultnet

import (
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// bufferBytes is what one direction holds before a writer waits, as a kernel's socket would.
const bufferBytes = 256 << 10

const (
	packetBytes   = 1400                   // what is lost at a time
	retransmitMin = 200 * time.Millisecond // the least that a sender waits before it sends again
)

// half is one direction of a connection.
type half struct {
	net *Net
	up  bool // from who dialled

	mu     sync.Mutex
	faults Faults // as they were at the dial, or altered since
	queue  []parcel
	size   int
	free   time.Time // when the line has taken what was written
	last   time.Time // when the newest parcel arrives
	closed bool
	change chan struct{} // closed, and made anew, when anything above changes
}

type parcel struct {
	at    time.Time // when it arrives
	bytes []byte
}

func newHalf(n *Net, f Faults) *half {
	return &half{net: n, faults: f, change: make(chan struct{})}
}

func (h *half) changed() {
	close(h.change)
	h.change = make(chan struct{})
}

func (h *half) alter(f Faults) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.faults = f
}

func (h *half) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.closed = true
		h.changed()
	}
}

// take copies what has arrived. When nothing has, it gives what to wait for: a change, or a time.
func (h *half) take(p []byte) (n int, change <-chan struct{}, at time.Time, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.queue) == 0 {
		if h.closed {
			err = io.EOF
		}
		return 0, h.change, at, err
	}
	first := &h.queue[0]
	if first.at.After(time.Now()) {
		return 0, h.change, first.at, nil
	}
	n = copy(p, first.bytes)
	first.bytes = first.bytes[n:]
	h.size -= n
	if len(first.bytes) == 0 {
		h.queue = h.queue[1:]
	}
	h.changed()
	return n, nil, at, nil
}

// put takes what there is room for. Zero without an error: wait for a change.
func (h *half) put(p []byte) (int, <-chan struct{}, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	silent, wait := h.net.swallows(h.faults.Delay)
	switch {
	case h.closed:
		return 0, nil, io.ErrClosedPipe
	case silent:
		return len(p), nil, nil
	case h.size >= bufferBytes:
		return 0, h.change, nil
	}
	n := min(len(p), bufferBytes-h.size)
	if rate := h.faults.BytesPerSecond; rate > 0 {
		n = min(n, max(1, rate/10)) // a tenth of a second at a time, so that it trickles
	}
	h.last = h.arrival(n, wait)
	h.queue = append(h.queue, parcel{h.last, append([]byte(nil), p[:n]...)})
	h.size += n
	h.net.count(h.up, n, h.size)
	h.changed()
	return n, nil, nil
}

// arrival is when so many bytes are there, in order. A lost packet takes the line twice, and the time of two ways to be
// missed and sent again; what follows it has arrived by then, and waits.
func (h *half) arrival(n int, wait time.Duration) time.Time {
	f, now := h.faults, time.Now()
	if h.free.Before(now) {
		h.free = now
	}
	if f.BytesPerSecond > 0 {
		h.free = h.free.Add(time.Duration(n) * time.Second / time.Duration(f.BytesPerSecond))
	}
	at := h.free.Add(f.Latency + wait)
	if f.Loss > 0 && h.net.lost(f.Loss, n) {
		at = at.Add(2*f.Latency + retransmitMin)
		if f.BytesPerSecond > 0 {
			h.free = h.free.Add(packetBytes * time.Second / time.Duration(f.BytesPerSecond))
		}
	}
	if at.Before(h.last) {
		return h.last
	}
	return at
}

// end is a net.Conn on two halves.
type end struct {
	in, out     *half
	read, write deadline
	gone        chan struct{}
	once        sync.Once
}

func newEnd(in, out *half) *end {
	return &end{in: in, out: out, read: newDeadline(), write: newDeadline(), gone: make(chan struct{})}
}

func (e *end) Read(p []byte) (int, error) {
	for {
		if e.isGone() {
			return 0, net.ErrClosed
		}
		if e.read.passed() {
			return 0, os.ErrDeadlineExceeded
		}
		n, change, at, err := e.in.take(p)
		if n > 0 || err != nil || len(p) == 0 {
			return n, err
		}
		e.wait(&e.read, change, at)
	}
}

func (e *end) Write(p []byte) (int, error) {
	written := 0
	for len(p) > 0 {
		if e.isGone() {
			return written, net.ErrClosed
		}
		if e.write.passed() {
			return written, os.ErrDeadlineExceeded
		}
		n, change, err := e.out.put(p)
		if err != nil {
			return written, err
		}
		written, p = written+n, p[n:]
		if n == 0 {
			e.wait(&e.write, change, time.Time{})
		}
	}
	return written, nil
}

func (e *end) isGone() bool {
	select {
	case <-e.gone:
		return true
	default:
		return false
	}
}

func (e *end) wait(d *deadline, change <-chan struct{}, at time.Time) {
	var arrival <-chan time.Time
	if !at.IsZero() {
		t := time.NewTimer(time.Until(at))
		defer t.Stop()
		arrival = t.C
	}
	select {
	case <-change:
	case <-arrival:
	case <-d.wait():
	case <-e.gone:
	}
}

// Close ends both directions. What was written before still arrives. On a silent line the other end is not told.
func (e *end) Close() error {
	e.once.Do(func() { close(e.gone) })
	if silent, _ := e.out.net.swallows(0); !silent {
		e.in.close()
		e.out.close()
	}
	return nil
}

func (e *end) LocalAddr() net.Addr  { return address{} }
func (e *end) RemoteAddr() net.Addr { return address{} }

func (e *end) SetDeadline(t time.Time) error {
	e.read.set(t)
	e.write.set(t)
	return nil
}

func (e *end) SetReadDeadline(t time.Time) error  { e.read.set(t); return nil }
func (e *end) SetWriteDeadline(t time.Time) error { e.write.set(t); return nil }

// deadline wakes whoever waits, when its time comes and when it is moved.
type deadline struct {
	mu    sync.Mutex
	at    time.Time
	timer *time.Timer
	wake  chan struct{}
}

func newDeadline() deadline { return deadline{wake: make(chan struct{})} }

func (d *deadline) set(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
	d.at = t
	d.rouse()
	if !t.IsZero() && time.Until(t) > 0 {
		d.timer = time.AfterFunc(time.Until(t), func() {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.rouse()
		})
	}
}

func (d *deadline) rouse() {
	close(d.wake)
	d.wake = make(chan struct{})
}

func (d *deadline) wait() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.at.IsZero() && !d.at.After(time.Now()) {
		over := make(chan struct{})
		close(over)
		return over
	}
	return d.wake
}

func (d *deadline) passed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return !d.at.IsZero() && !d.at.After(time.Now())
}
