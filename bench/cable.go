package main

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
)

// cable is a TCP line that counts what goes up it. The kernel moves the bytes (splice), so it costs little.
type cable struct {
	listener net.Listener
	far      string
	up       atomic.Int64
	parts    sync.WaitGroup

	mu    sync.Mutex
	conns []net.Conn // guarded by mu
}

func newCable(far string) (*cable, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c := &cable{listener: l, far: far}
	c.parts.Go(c.accept)
	return c, nil
}

func (c *cable) address() string { return c.listener.Addr().String() }

func (c *cable) close() {
	c.listener.Close()
	c.mu.Lock()
	for _, open := range c.conns {
		open.Close()
	}
	c.mu.Unlock()
	c.parts.Wait()
}

func (c *cable) accept() {
	for {
		near, err := c.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", c.far)
		if err != nil {
			near.Close()
			continue
		}
		c.mu.Lock()
		c.conns = append(c.conns, near, far)
		c.mu.Unlock()
		c.parts.Go(func() { c.pass(far, near, &c.up) })
		c.parts.Go(func() { c.pass(near, far, new(atomic.Int64)) })
	}
}

// pass copies in steps, so that the count is there while the line is open.
func (c *cable) pass(to, from net.Conn, n *atomic.Int64) {
	defer to.Close()
	for {
		moved, err := io.CopyN(to, from, 64<<10)
		if n.Add(moved); err != nil {
			return
		}
	}
}
