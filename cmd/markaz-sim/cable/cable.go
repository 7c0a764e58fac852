// Package cable is the line between a box and headquarters, with a switch in it: a relay on loopback that can be cut,
// as a pulled plug is, or frozen, as a dead line that still looks open.
package cable

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"
)

// State is what the cable does with bytes.
type State int

const (
	Whole  State = iota // bytes pass
	Cut                 // connections break at once, new ones are refused
	Frozen              // connections stay open and nothing passes; new ones are accepted and nothing passes
	Slow                // bytes pass a little at a time, and late
)

// A slow cable carries slowBytes at a time and waits slowDelay before each: some 80 kbit/s each way.
const (
	slowBytes = 2 << 10
	slowDelay = 200 * time.Millisecond
)

func (s State) String() string { return [...]string{"whole", "cut", "frozen", "slow"}[s] }

// Cable relays TCP connections to Target.
type Cable struct {
	Target string // host:port

	listener net.Listener

	mu    sync.Mutex
	state State                 // guarded by mu
	moved chan struct{}         // guarded by mu: closed and replaced when state changes
	conns map[net.Conn]struct{} // guarded by mu
	bytes int64                 // guarded by mu: passed in both directions
}

// Listen opens the near end of a cable to target. Run must be called for anything to pass.
func Listen(address, target string) (*Cable, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("cable: %w", err)
	}
	return &Cable{Target: target, listener: l, moved: make(chan struct{}), conns: map[net.Conn]struct{}{}}, nil
}

// Address is the near end's host:port.
func (c *Cable) Address() string { return c.listener.Addr().String() }

// State is what the cable is doing.
func (c *Cable) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

// Bytes is how much has passed, in both directions.
func (c *Cable) Bytes() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bytes
}

// Set throws the switch. Connections that were open break, except when freezing or slowing.
func (c *Cable) Set(s State) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state = s
	close(c.moved)
	c.moved = make(chan struct{})
	if s == Frozen || s == Slow {
		return
	}
	for conn := range c.conns {
		conn.Close()
	}
}

// Run relays until the context ends.
func (c *Cable) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	stop := context.AfterFunc(ctx, func() { c.listener.Close(); c.Set(Cut) })
	defer stop()
	for {
		near, err := c.listener.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("cable: %w", err)
		}
		wg.Go(func() { c.relay(ctx, near) })
	}
}

func (c *Cable) relay(ctx context.Context, near net.Conn) {
	defer near.Close()
	if !c.admit(near) {
		return
	}
	defer c.forget(near)
	if c.await(ctx) != nil || c.State() == Cut {
		return
	}
	far, err := (&net.Dialer{}).DialContext(ctx, "tcp", c.Target)
	if err != nil {
		return
	}
	defer far.Close()
	if !c.admit(far) {
		return
	}
	defer c.forget(far)
	var wg sync.WaitGroup
	wg.Go(func() { c.pass(ctx, far, near) })
	wg.Go(func() { c.pass(ctx, near, far) })
	wg.Wait()
}

// pass copies one direction. When either end goes, both are closed.
func (c *Cable) pass(ctx context.Context, to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			if c.write(ctx, to, buf[:n]) != nil {
				return
			}
			c.count(n)
		}
		if err != nil {
			return
		}
	}
}

// write passes bytes on as the switch stands while they pass.
func (c *Cable) write(ctx context.Context, to net.Conn, b []byte) error {
	for len(b) > 0 {
		if err := c.await(ctx); err != nil {
			return err
		}
		n := len(b)
		if c.State() == Slow {
			n = min(n, slowBytes)
			time.Sleep(slowDelay)
		}
		if _, err := to.Write(b[:n]); err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

// await returns when the cable is not frozen.
func (c *Cable) await(ctx context.Context) error {
	for {
		c.mu.Lock()
		state, moved := c.state, c.moved
		c.mu.Unlock()
		if state != Frozen {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (c *Cable) admit(conn net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state == Cut {
		return false
	}
	c.conns[conn] = struct{}{}
	return true
}

func (c *Cable) forget(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.conns, conn)
}

func (c *Cable) count(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bytes += int64(n)
}
