package sbi

import (
	"context"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"markaz.example/devices/finger"
	"markaz.example/devices/port"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// keysOnce spares every test the making of five RSA keys.
var keysOnce = sync.OnceValue(newKeys)

func newSim() *Sim { return &Sim{keys: keysOnce()} }

// network is the machine's ports, in memory.
type network struct {
	mu    sync.Mutex
	ports map[string]*listener
	cut   func(net.Conn) net.Conn // harms the near end of new connections; may be nil
	dials int
}

func (n *network) dial(ctx context.Context, _, address string) (net.Conn, error) {
	n.mu.Lock()
	n.dials++
	l, cut := n.ports[address], n.cut
	n.mu.Unlock()
	if l == nil {
		return nil, port.ErrGone
	}
	near, far := net.Pipe()
	select {
	case l.conns <- far:
	case <-l.closed:
		return nil, port.ErrGone
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if cut != nil {
		near = cut(near)
	}
	return near, nil
}

func (n *network) count() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.dials
}

func (n *network) listen(at int) *listener {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ports == nil {
		n.ports = map[string]*listener{}
	}
	l := &listener{net: n, address: net.JoinHostPort(host, strconv.Itoa(at)), conns: make(chan net.Conn), closed: make(chan struct{})}
	n.ports[l.address] = l
	return l
}

type listener struct {
	net     *network
	address string
	conns   chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() {
		l.net.mu.Lock()
		delete(l.net.ports, l.address)
		l.net.mu.Unlock()
		close(l.closed)
	})
	return nil
}

func (l *listener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

// rig is a driver and one service in memory, for tests inside a bubble of synthetic time.
type rig struct {
	t       *testing.T
	net     *network
	sim     *Sim
	driver  *Driver
	unplug  context.CancelFunc // ends the service
	cancel  context.CancelFunc // ends the driver
	ended   chan error
	service sync.WaitGroup
}

func start(t *testing.T) *rig {
	r := &rig{t: t, net: &network{}, sim: newSim()}
	roots, err := ParseRoots(r.sim.Roots())
	if err != nil {
		t.Fatal(err)
	}
	r.driver = &Driver{Roots: roots, Env: "Developer", Purpose: "Registration", Dial: r.net.dial}
	r.serve(4510)
	r.run()
	return r
}

func (r *rig) serve(at int) {
	ctx, cancel := context.WithCancel(r.t.Context())
	r.unplug = cancel
	l := r.net.listen(at)
	r.service.Go(func() { r.sim.Run(ctx, l) })
}

// run starts the driver and gives it two seconds.
func (r *rig) run() {
	ctx, cancel := context.WithCancel(r.t.Context())
	r.cancel, r.ended = cancel, make(chan error, 1)
	go func() { r.ended <- r.driver.Run(ctx) }()
	time.Sleep(2 * time.Second)
}

func (r *rig) stop() error {
	r.cancel()
	err := <-r.ended
	r.unplug()
	r.service.Wait()
	return err
}

func (r *rig) take(wait time.Duration) (finger.Capture, error) {
	ctx, stop := context.WithTimeout(r.t.Context(), wait)
	defer stop()
	return r.driver.Capture(ctx, finger.RightIndex)
}

// at is the port where the reader was found.
func (r *rig) at() int {
	r.driver.mu.Lock()
	s := r.driver.session
	r.driver.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at
}
