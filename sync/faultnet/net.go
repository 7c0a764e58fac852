package faultnet

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"time"
)

// Faults is what the line does to connections that are dialled while it is set.
type Faults struct {
	Refuse         float64       // chance that a dial fails
	Delay          time.Duration // of each write, drawn from [0, Delay); order is kept
	BytesPerSecond int           // of each direction; 0: no limit
	Latency        time.Duration // of every byte, each way
	Loss           float64       // chance that a packet is lost: what follows it waits until it was sent again
	CutBytes       int64         // a connection ends after so many bytes, drawn from [0, CutBytes); 0: never
}

// Net is a network of one listener. Any goroutine may call it. One seed draws every fault, yet a run is repeatable only
// as far as the goroutines on it are.
type Net struct {
	accept chan net.Conn
	done   chan struct{}
	once   sync.Once

	mu     sync.Mutex
	random *rand.Rand // guarded by mu
	faults Faults     // guarded by mu
	silent bool       // guarded by mu
	open   []*end     // guarded by mu
	dials  int        // guarded by mu
	meter  Meter      // guarded by mu
}

// NewNet makes a network without faults.
func NewNet(seed uint64) *Net {
	return &Net{
		accept: make(chan net.Conn), done: make(chan struct{}),
		random: rand.New(rand.NewPCG(seed, 0x6e6574)),
	}
}

// Set changes what happens to connections from now on.
func (n *Net) Set(f Faults) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.faults = f
}

// Alter changes the line under the connections that are open as well: its speed, its latency, its losses.
func (n *Net) Alter(f Faults) {
	n.mu.Lock()
	n.faults = f
	open := slices.Clone(n.open)
	n.mu.Unlock()
	for _, e := range open {
		e.out.alter(f)
	}
}

// Meter counts bytes.
type Meter struct {
	Up, Down  int64 // that were written, by those who dialled and to them
	WaitingUp int   // the most that were written by one who dialled and had not arrived
}

// Meter is what went over this network so far.
func (n *Net) Meter() Meter {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.meter
}

func (n *Net) count(up bool, bytes, waiting int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !up {
		n.meter.Down += int64(bytes)
		return
	}
	n.meter.Up += int64(bytes)
	n.meter.WaitingUp = max(n.meter.WaitingUp, waiting)
}

// lost draws whether a packet was among so many bytes that did not arrive.
func (n *Net) lost(chance float64, bytes int) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.random.Float64() < chance*float64(bytes)/packetBytes
}

// Silence makes all connections, present and future, swallow what is written, without a word; or ends that.
func (n *Net) Silence(on bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.silent = on
}

// CutAll ends every connection now.
func (n *Net) CutAll() {
	n.mu.Lock()
	open := n.open
	n.open = nil
	n.mu.Unlock()
	for _, e := range open {
		e.Close()
	}
}

// Dials is how many were tried.
func (n *Net) Dials() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.dials
}

// Dial connects to the listener; network and address only have the usual shape.
func (n *Net) Dial(ctx context.Context, _, address string) (net.Conn, error) {
	near, far, cut := n.pair()
	if near == nil {
		return nil, fmt.Errorf("dial %s: %w", address, ErrCut)
	}
	select {
	case n.accept <- far:
	case <-n.done:
		return nil, fmt.Errorf("dial %s: %w", address, net.ErrClosed)
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if cut > 0 {
		return Cut(near, cut), nil
	}
	return near, nil
}

func (n *Net) pair() (near, far *end, cut int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.dials++
	if n.random.Float64() < n.faults.Refuse {
		return nil, nil, 0
	}
	if n.faults.CutBytes > 0 {
		cut = 1 + n.random.Int64N(n.faults.CutBytes)
	}
	up, down := newHalf(n, n.faults), newHalf(n, n.faults)
	up.up = true
	near, far = newEnd(down, up), newEnd(up, down)
	n.open = append(n.open, near, far)
	return near, far, cut
}

// swallows tells a write its fate.
func (n *Net) swallows(delay time.Duration) (silent bool, wait time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if delay > 0 {
		wait = time.Duration(n.random.Int64N(int64(delay)))
	}
	return n.silent, wait
}

// Listener is where Dial arrives.
func (n *Net) Listener() net.Listener { return listener{n} }

type listener struct{ *Net }

func (l listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.accept:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l listener) Close() error   { l.once.Do(func() { close(l.done) }); return nil }
func (l listener) Addr() net.Addr { return address{} }

type address struct{}

func (address) Network() string { return "faultnet" }
func (address) String() string  { return "faultnet" }
