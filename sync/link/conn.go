package link

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"markaz.example/sync/wire"
)

// What Receive, Send and Run report when a link ends.
var (
	ErrClosed = errors.New("link was closed")              // by either end, with a reason
	ErrCut    = errors.New("link was cut")                 // the socket ended without a word, perhaps in mid-frame
	ErrSilent = errors.New("link is silent")               // nothing moved for the time a living link needs
	ErrFrame  = errors.New("frame is not one of the road") // wraps the error of wire that says why
)

// Conn is one link. Run must be running for it to move; one goroutine receives, any may send.
type Conn struct {
	ws     *websocket.Conn
	outbox chan []byte
	share  share

	reading int         // of the room, for the frame being read; the receiver's own
	busy    atomic.Bool // the other end refused for now: another node may do better

	closing   chan struct{} // closed when this side wants to end; reason is set before
	gone      chan struct{} // closed when no more will be received; cause is set before
	ended     chan struct{} // closed when Run has returned
	closeOnce sync.Once
	goneOnce  sync.Once
	reason    string
	cause     error
}

func newConn(ws *websocket.Conn) *Conn {
	c := &Conn{
		ws: ws, outbox: make(chan []byte, queueFrames),
		closing: make(chan struct{}), gone: make(chan struct{}), ended: make(chan struct{}),
	}
	ws.SetReadLimit(wire.FrameBytesMax)
	ws.SetPongHandler(func(string) error { return c.heard() })
	ws.SetPingHandler(func(data string) error {
		// A pong that cannot be written now is not missed: what is being written shows life as well.
		_ = ws.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(controlMax))
		return c.heard()
	})
	return c
}

func (c *Conn) heard() error { return c.ws.SetReadDeadline(time.Now().Add(silenceMax)) }

// Run writes what is sent and keeps the line alive, until the context ends, Close is called or the line fails.
// It reports why the link ended, never nil.
func (c *Conn) Run(ctx context.Context) error {
	defer close(c.ended)
	defer c.ws.Close()
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		select {
		case <-ctx.Done():
			c.farewell(websocket.CloseGoingAway, "stopping")
			return fmt.Errorf("%w: %w", ErrClosed, context.Cause(ctx))
		case <-c.closing:
			return c.finish(ctx)
		case <-c.gone:
			return c.cause
		case frame := <-c.outbox:
			if err := c.write(frame); err != nil {
				return err
			}
		case <-ping.C:
			if err := c.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeMax)); err != nil {
				return fmt.Errorf("ping: %w: %w", ErrCut, err)
			}
		}
	}
}

// finish says what is still to be said, then waits for the other end to have read it: closing a socket whose peer is
// still sending resets it, and what was said last would be lost.
func (c *Conn) finish(ctx context.Context) error {
	for len(c.outbox) > 0 {
		if err := c.write(<-c.outbox); err != nil {
			return err
		}
	}
	c.farewell(websocket.CloseNormalClosure, c.reason)
	select {
	case <-c.gone:
	case <-ctx.Done():
	case <-time.After(lingerMax):
	}
	return fmt.Errorf("%w: %s", ErrClosed, c.reason)
}

func (c *Conn) farewell(code int, reason string) {
	text := strings.ToValidUTF8(reason[:min(len(reason), reasonBytesMax)], "")
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, text), time.Now().Add(controlMax))
}

func (c *Conn) write(frame []byte) error {
	if len(frame) > wire.SmallBytesMax {
		defer c.share.give(len(frame))
	}
	w, err := c.ws.NextWriter(websocket.BinaryMessage)
	for err == nil && len(frame) > 0 {
		_ = c.ws.SetWriteDeadline(time.Now().Add(writeMax)) // for the chunk, not the message
		n := min(len(frame), chunkBytes)
		_, err = w.Write(frame[:n])
		frame = frame[n:]
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return fmt.Errorf("send: %w", classify(err))
	}
	return nil
}

// Send queues a message. It waits while the queue is full. It reports ErrClosed when the link has ended, and what
// wire.Encode reports.
func (c *Conn) Send(ctx context.Context, m wire.Message) error {
	frame, err := wire.Encode(m)
	if err != nil {
		return err
	}
	if len(frame) > wire.SmallBytesMax {
		if err := c.takeRoom(len(frame)); err != nil {
			return fmt.Errorf("send %T: %w", m, err)
		}
	}
	if !c.over() {
		select {
		case c.outbox <- frame:
			return nil
		case <-ctx.Done():
			return fmt.Errorf("send %T: %w", m, context.Cause(ctx))
		case <-c.closing:
		case <-c.ended:
		}
	}
	return fmt.Errorf("send %T: %w", m, ErrClosed)
}

// over keeps a queue with room from taking what nobody will write.
func (c *Conn) over() bool {
	select {
	case <-c.closing:
		return true
	case <-c.ended:
		return true
	default:
		return false
	}
}

// Receive waits for a message. After ErrFrame the next may be received; any other error is the end of the link.
func (c *Conn) Receive() (wire.Message, error) {
	m, err := c.receive()
	if err != nil {
		err = fmt.Errorf("receive: %w", err)
		if !errors.Is(err, ErrFrame) {
			c.goneOnce.Do(func() { c.cause = err; close(c.gone) })
		}
		return nil, err
	}
	return m, nil
}

// receive keeps a batch's share of the room until Done, and no other message's.
func (c *Conn) receive() (wire.Message, error) {
	frame, err := c.read()
	defer func() { c.share.give(c.reading); c.reading = 0 }()
	if err != nil {
		return nil, err
	}
	m, err := wire.Decode(frame)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFrame, err)
	}
	if r, ok := m.(wire.Refusal); ok && r.Code == wire.CodeBusy {
		c.busy.Store(true)
	}
	b, ok := m.(wire.Batch)
	switch {
	case ok && c.reading > 0:
		c.reading -= len(b.Block) // a large one has its share already
	case ok:
		return m, c.takeRoom(len(b.Block))
	}
	return m, nil
}

func (c *Conn) read() ([]byte, error) {
	if err := c.heard(); err != nil {
		return nil, classify(err)
	}
	kind, r, err := c.ws.NextReader()
	if err != nil {
		return nil, classify(err)
	}
	frame, err := c.readAll(r)
	if err != nil {
		return nil, classify(err)
	}
	if kind != websocket.BinaryMessage {
		return nil, fmt.Errorf("%w: a text message", ErrFrame)
	}
	return frame, nil
}

// readAll grows with what arrives, not with what was promised.
func (c *Conn) readAll(r io.Reader) ([]byte, error) {
	frame, large := make([]byte, 0, 512), time.Time{}
	for {
		if len(frame) > freeBytes && c.reading == 0 {
			if err := c.takeRoom(wire.FrameBytesMax); err != nil {
				return nil, err
			}
			c.reading, large = wire.FrameBytesMax, time.Now()
		}
		if c.reading > 0 && c.share.room != nil && time.Since(large) > largeMax {
			return nil, fmt.Errorf("%w: %d bytes in %s", ErrNoRoom, len(frame), largeMax)
		}
		if len(frame) == cap(frame) {
			frame = append(frame, 0)[:len(frame)]
		}
		n, err := r.Read(frame[len(frame):min(cap(frame), len(frame)+chunkBytes)])
		frame = frame[:len(frame)+n]
		if errors.Is(err, io.EOF) {
			return frame, nil
		}
		if err != nil {
			return nil, err
		}
		if err := c.heard(); err != nil {
			return nil, err
		}
	}
}

// Close ends the link once what was sent before is written. It does not wait; Run does. Receive until it fails, so that
// the last words arrive. The first reason stays.
func (c *Conn) Close(reason string) {
	c.closeOnce.Do(func() { c.reason = reason; close(c.closing) })
}

func classify(err error) error {
	var closed *websocket.CloseError
	switch {
	case errors.Is(err, ErrNoRoom), errors.Is(err, ErrClosed):
		return err
	case errors.Is(err, websocket.ErrReadLimit):
		return fmt.Errorf("%w: %w: limit %d", ErrCut, wire.ErrTooLarge, wire.FrameBytesMax)
	case errors.Is(err, websocket.ErrCloseSent):
		return ErrClosed
	case errors.As(err, &closed) && closed.Code != websocket.CloseAbnormalClosure:
		return fmt.Errorf("%w: by the other end: %s", ErrClosed, closed.Text)
	case errors.Is(err, os.ErrDeadlineExceeded), isTimeout(err):
		return fmt.Errorf("%w: nothing moved for %s", ErrSilent, silenceMax)
	}
	return fmt.Errorf("%w: %w", ErrCut, err)
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}
