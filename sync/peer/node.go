package peer

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"markaz.example/sync/roster"
)

// The protocols that a handshake agrees on. Frozen.
const (
	protocolRaft  = "markaz.raft.1"
	protocolCalls = "http/1.1"
)

// Member is a node as the others find it.
type Member struct {
	Name    string // which its certificate proves: "hq-2"
	Address string // where it listens: "10.0.0.2:8444"
}

// Config is what a Node is made of.
type Config struct {
	TLS      *tls.Config  // of roster.NodeTLS
	Listener net.Listener // without TLS; Run closes it
	Dial     func(ctx context.Context, network, address string) (net.Conn, error)
	Log      *slog.Logger
}

// Node is this node's end. Any goroutine may call it. It takes connections while Run runs.
type Node struct {
	config Config
	server *tls.Config
	mux    *http.ServeMux
	raft   *lane
	calls  *lane
	inbox  chan struct{} // a place for each request being read or answered
	gate   atomic.Pointer[func(name string) bool]

	mu      sync.Mutex
	conns   map[*conn]bool             // guarded by mu
	clients map[Member]*http.Transport // guarded by mu
}

// New makes a node that lets nobody in until Admit.
func New(c Config) *Node {
	server := c.TLS.Clone()
	server.NextProtos = []string{protocolRaft, protocolCalls}
	return &Node{
		config: c, server: server, mux: http.NewServeMux(), inbox: make(chan struct{}, inboxMax),
		raft: newLane(c.Listener.Addr()), calls: newLane(c.Listener.Addr()),
		conns: map[*conn]bool{}, clients: map[Member]*http.Transport{},
	}
}

// Admit decides from now on who is let in.
func (n *Node) Admit(gate func(name string) bool) { n.gate.Store(&gate) }

func (n *Node) admits(name string) bool {
	gate := n.gate.Load()
	return gate != nil && (*gate)(name)
}

// Raft gives the connections that others open for raft.
func (n *Node) Raft() net.Listener { return n.raft }

// Run takes connections until the context ends or the listener fails, and has ended them all when it returns.
func (n *Node) Run(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var parts sync.WaitGroup
	parts.Go(func() { stop(n.serve(ctx)) })
	parts.Go(func() { n.sweep(ctx) })
	parts.Go(func() { stop(n.accept(ctx, &parts)) })
	<-ctx.Done()
	err := n.config.Listener.Close()
	parts.Wait()
	n.raft.Close()
	n.cut(func(*conn) bool { return true })
	n.mu.Lock()
	for _, t := range n.clients {
		t.CloseIdleConnections()
	}
	n.mu.Unlock()
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return fmt.Errorf("listen for other nodes: %w", cause)
	}
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func (n *Node) accept(ctx context.Context, parts *sync.WaitGroup) error {
	for {
		c, err := n.config.Listener.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		parts.Go(func() { n.greet(ctx, c) })
	}
}

// greet shakes hands, looks who it is, and puts the connection on its lane.
func (n *Node) greet(ctx context.Context, raw net.Conn) {
	c := &conn{Conn: tls.Server(raw, n.server), node: n}
	if !n.enter(c) {
		raw.Close()
		return
	}
	if err := n.know(ctx, c); err != nil {
		level := slog.LevelWarn
		if errors.Is(err, io.EOF) {
			level = slog.LevelDebug // it hung up by itself: a node that stops, or somebody who looks whether the door is there
		}
		n.config.Log.Log(ctx, level, "a node was not let in", "peer", raw.RemoteAddr().String(), "err", err)
		c.Close()
		return
	}
	to := n.calls
	if c.raft {
		to = n.raft
	}
	if !to.put(ctx, c) {
		c.Close()
	}
}

// ErrStranger is why a connection is refused.
var ErrStranger = errors.New("this node is no member of the group")

func (n *Node) know(ctx context.Context, c *conn) error {
	ctx, cancel := context.WithTimeout(ctx, handshakeMax)
	defer cancel()
	if err := c.HandshakeContext(ctx); err != nil {
		return err
	}
	name, err := roster.NodeOf(c.ConnectionState().PeerCertificates[0])
	if err != nil {
		return err
	}
	if !n.admits(name) {
		return fmt.Errorf("%w: %s", ErrStranger, name)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	c.name, c.raft = name, c.ConnectionState().NegotiatedProtocol == protocolRaft
	return nil
}

func (n *Node) enter(c *conn) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.conns) >= connsMax {
		return false
	}
	n.conns[c] = true
	return true
}

// sweep cuts off who may no longer be here.
func (n *Node) sweep(ctx context.Context) {
	t := time.NewTicker(sweepEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			n.cut(func(c *conn) bool { return !n.admits(c.name) })
		}
	}
}

// CutRaft closes the connections that others opened for raft: they open new ones when they have something to say.
func (n *Node) CutRaft() { n.cut(func(c *conn) bool { return c.raft }) }

// cut closes connections; those that still shake hands are left alone.
func (n *Node) cut(which func(*conn) bool) {
	var gone []*conn
	n.mu.Lock()
	for c := range n.conns {
		if c.name != "" && which(c) {
			gone = append(gone, c)
		}
	}
	n.mu.Unlock()
	for _, c := range gone {
		c.Close()
	}
}

// conn is a connection that was taken.
type conn struct {
	*tls.Conn
	node *Node
	name string // guarded by node.mu; empty until it is known
	raft bool   // guarded by node.mu
}

// Close gives its place free.
func (c *conn) Close() error {
	c.node.mu.Lock()
	delete(c.node.conns, c)
	c.node.mu.Unlock()
	return c.Conn.Close()
}
