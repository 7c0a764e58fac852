package tape

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

// ErrDiffers is what Wait returns when the driver wrote something else than the tape has.
var ErrDiffers = errors.New("the driver did not write what is on the tape")

// Player is a port.Opener that plays the device's part of a tape. Each opening begins at its head.
type Player struct {
	Tape  Tape
	Speed float64 // so many times faster than it was; 0 means 1, +Inf means no waiting

	mu   sync.Mutex
	live *played // guarded by mu: the last opening
	born chan struct{}
}

// Replay plays a tape at its own speed.
func Replay(t Tape) *Player { return &Player{Tape: t} }

// Open puts the tape in.
func (p *Player) Open(context.Context) (io.ReadWriteCloser, error) {
	c := &played{exchanges: p.Tape.Exchanges, speed: cmp.Or(p.Speed, 1), changed: make(chan struct{}), done: make(chan struct{}), began: time.Now()}
	c.tapeBegan = p.Tape.Began
	c.finish()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.live = c
	if p.born != nil {
		close(p.born)
		p.born = nil
	}
	return c, nil
}

// Wait returns nil once the last opening has come to the end of the tape, ErrDiffers once the driver has left it, or the
// context's error. It waits for the first opening.
func (p *Player) Wait(ctx context.Context) error {
	c, err := p.opened(ctx)
	if err != nil {
		return err
	}
	select {
	case <-c.done:
		return c.err()
	case <-ctx.Done():
		return fmt.Errorf("%w: %s", context.Cause(ctx), c.place())
	}
}

// Differs is ErrDiffers with the place once the driver has left the tape in the last opening, else nil.
func (p *Player) Differs() error {
	p.mu.Lock()
	c := p.live
	p.mu.Unlock()
	if c == nil {
		return nil
	}
	return c.err()
}

func (p *Player) opened(ctx context.Context) (*played, error) {
	p.mu.Lock()
	c := p.live
	if c == nil && p.born == nil {
		p.born = make(chan struct{})
	}
	born := p.born
	p.mu.Unlock()
	if c != nil {
		return c, nil
	}
	select {
	case <-born:
		return p.opened(ctx)
	case <-ctx.Done():
		return nil, fmt.Errorf("the tape was never opened: %w", context.Cause(ctx))
	}
}

// played is one opening. Two cursors go over the tape: what the driver wrote, and what it has read.
type played struct {
	exchanges []Exchange
	speed     float64
	done      chan struct{} // closed at the end of the tape or at a difference

	mu        sync.Mutex // guards what follows
	changed   chan struct{}
	closed    bool
	differs   error
	out, in   cursor
	began     time.Time // when the exchange before in.at began, here ...
	tapeBegan time.Time // ... and on the tape
}

// cursor is a place on the tape.
type cursor struct{ at, offset int }

// expects is the byte at a place; hidden is true where the tape has none.
func (e Exchange) expects(offset int) (b byte, hidden bool) {
	for _, p := range e.Pieces {
		if offset < len(p.Bytes) {
			return p.Bytes[offset], false
		}
		if offset -= len(p.Bytes); offset < p.Hidden {
			return 0, true
		}
		offset -= p.Hidden
	}
	return 0, true
}

// Write holds the bytes against the tape, and takes as long as it took then. Behind the tape's end the driver may write
// what it likes, and nobody answers.
func (c *played) Write(b []byte) (int, error) {
	busy, err := c.match(b)
	if err != nil {
		return 0, err
	}
	time.Sleep(time.Until(busy))
	return len(b), nil
}

// match also says until when the line is busy.
func (c *played) match(b []byte) (busy time.Time, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return busy, port.ErrClosed
	}
	for i, got := range b {
		if c.differs != nil || !c.toOut() {
			break
		}
		e := c.exchanges[c.out.at]
		want, hidden := e.expects(c.out.offset)
		if !hidden && got != want {
			c.leave(b[i:], e)
			break
		}
		if c.wrote(e) {
			busy = c.began.Add(time.Duration(float64(e.Took) / c.speed))
		}
	}
	c.wake()
	return busy, nil
}

// toOut moves the writing cursor to the next exchange that the driver has to write; false at the end.
func (c *played) toOut() bool {
	for c.out.at < len(c.exchanges) && c.exchanges[c.out.at].Dir == In {
		c.out.at++
	}
	return c.out.at < len(c.exchanges)
}

// wrote notes one byte and reports whether it was the exchange's last. The time of a long exchange is that of its first
// byte, here as on the tape.
func (c *played) wrote(e Exchange) (last bool) {
	if c.out.offset == 0 {
		c.began, c.tapeBegan = time.Now(), e.At
	}
	if c.out.offset++; c.out.offset < e.Len() {
		return false
	}
	c.out = cursor{at: c.out.at + 1}
	c.finish()
	return true
}

func (c *played) leave(wrote []byte, e Exchange) {
	rest := wrote[:min(len(wrote), ringPayload)]
	c.differs = fmt.Errorf("%w: exchange %d, byte %d: wrote % x, the tape has %s", ErrDiffers, c.out.at+1, c.out.offset+1, rest, e.field())
	close(c.done)
}

// finish closes done when nothing is left to write or read.
func (c *played) finish() {
	if c.differs == nil && !c.toOut() && !c.toIn() {
		select {
		case <-c.done:
		default:
			close(c.done)
		}
	}
}

// toIn moves the reading cursor to the next exchange of the device; false at the end.
func (c *played) toIn() bool {
	for c.in.at < len(c.exchanges) && c.exchanges[c.in.at].Dir == Out {
		c.in.at++
	}
	return c.in.at < len(c.exchanges)
}

func (c *played) wake() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// Read gives what the device said next, when its time has come.
func (c *played) Read(b []byte) (int, error) {
	over := time.NewTimer(quiet)
	defer over.Stop()
	for {
		n, wait, changed, err := c.take(b)
		if n > 0 || err != nil {
			return n, err
		}
		due := time.NewTimer(wait)
		select {
		case <-due.C:
		case <-changed:
		case <-over.C:
			err = port.ErrQuiet
		}
		due.Stop()
		if err != nil {
			return 0, err
		}
	}
}

// take is what may be read now, or how long to wait for it.
func (c *played) take(b []byte) (n int, wait time.Duration, changed <-chan struct{}, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return 0, 0, nil, port.ErrClosed
	}
	if c.differs != nil || !c.toIn() || c.toOut() && c.out.at < c.in.at {
		return 0, quiet, c.changed, nil
	}
	e := c.exchanges[c.in.at]
	if wait := c.due(e); wait > 0 {
		return 0, wait, c.changed, nil
	}
	for n < len(b) && c.in.offset < e.Len() {
		b[n], _ = e.expects(c.in.offset)
		n++
		c.in.offset++
	}
	if c.in.offset == e.Len() {
		c.in = cursor{at: c.in.at + 1}
		c.began, c.tapeBegan = time.Now(), e.At
		c.finish()
	}
	return n, 0, nil, nil
}

func (c *played) due(e Exchange) time.Duration {
	return time.Duration(float64(e.At.Sub(c.tapeBegan))/c.speed) - time.Since(c.began)
}

// Close takes the tape out.
func (c *played) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return port.ErrClosed
	}
	c.closed = true
	c.wake()
	return nil
}

func (c *played) err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.differs
}

// place is for whoever waits in vain.
func (c *played) place() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.toOut() && (!c.toIn() || c.out.at < c.in.at) {
		return fmt.Sprintf("the tape waits at exchange %d for the driver to write %s", c.out.at+1, c.exchanges[c.out.at].field())
	}
	return fmt.Sprintf("the tape is at exchange %d, which the driver has not read", c.in.at+1)
}
