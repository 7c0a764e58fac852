package link

import (
	"crypto/tls"
	"net"
	"net/http"
	"sync"
)

// Gate is a listener that lets in so many at a time: the next is accepted when one of them has said who it is and what it
// wants, or is gone. The others wait in the kernel, where they cost this process nothing. Put it under TLS, and State
// into the HTTP server.
type Gate struct {
	net.Listener
	slots chan struct{}
	done  chan struct{}
	once  sync.Once
}

// Limit makes a Gate for n at a time.
func Limit(l net.Listener, n int) *Gate {
	return &Gate{Listener: l, slots: make(chan struct{}, n), done: make(chan struct{})}
}

// Accept waits for a place, then for somebody to take it.
func (g *Gate) Accept() (net.Conn, error) {
	select {
	case g.slots <- struct{}{}:
	case <-g.done:
		return nil, net.ErrClosed
	}
	c, err := g.Listener.Accept()
	if err != nil {
		<-g.slots
		return nil, err
	}
	return &guest{Conn: c, leave: sync.OnceFunc(func() { <-g.slots })}, nil
}

// Close ends it, for those who wait in Accept as well.
func (g *Gate) Close() error {
	g.once.Do(func() { close(g.done) })
	return g.Listener.Close()
}

// State is for http.Server.ConnState: a connection whose request has come, or that has ended, gives its place to the next.
func (g *Gate) State(c net.Conn, s http.ConnState) {
	if s == http.StateNew {
		return
	}
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	if in, ok := c.(*guest); ok {
		in.leave()
	}
}

// guest is a connection that has a place.
type guest struct {
	net.Conn
	leave func()
}

func (g *guest) Close() error {
	defer g.leave()
	return g.Conn.Close()
}
