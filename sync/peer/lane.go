package peer

import (
	"context"
	"net"
	"sync"
)

// lane is the connections of one protocol, as a listener.
type lane struct {
	address net.Addr
	conns   chan net.Conn
	done    chan struct{}
	once    sync.Once
}

func newLane(a net.Addr) *lane {
	return &lane{address: a, conns: make(chan net.Conn), done: make(chan struct{})}
}

// put hands a connection over; false when nobody takes it.
func (l *lane) put(ctx context.Context, c net.Conn) bool {
	select {
	case l.conns <- c:
		return true
	case <-l.done:
	case <-ctx.Done():
	}
	return false
}

// Accept gives the next connection, or net.ErrClosed.
func (l *lane) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close ends Accept. The node's listener stays open.
func (l *lane) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

// Addr is where the node listens.
func (l *lane) Addr() net.Addr { return l.address }
