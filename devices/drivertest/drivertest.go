package drivertest

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"markaz.example/devices/port"
)

// Driver is what all drivers have in common.
type Driver interface {
	Run(ctx context.Context) error
}

// Harness is one kind of driver and its device.
type Harness struct {
	// Device opens the way to a working device; the suite opens it again after each unplug.
	Device port.Opener
	// New makes a driver on a port, and a check that does a round of the driver's real work. The check returns nil
	// only when the work was done and found right, and ends by itself while the driver runs.
	New func(p port.Opener) (d Driver, check func(ctx context.Context) error)
}

// Run does all the harm in turn, each to a fresh driver.
func Run(t testing.TB, h Harness) {
	t.Helper()
	for _, c := range []struct {
		name string
		harm func(t testing.TB, r *rig)
	}{
		{"works", works},
		{"cancelled while idle", cancelled},
		{"cancelled at work", cancelledAtWork},
		{"port does not open", doesNotOpen},
		{"unplugged while idle", unplugged},
		{"unplugged at work", unpluggedAtWork},
		{"silence", silence},
		{"noise", noise},
		{"half of each answer", halfAnswers},
	} {
		suffer(newRig(t, h, c.name), c.harm)
	}
}

func suffer(r *rig, harm func(t testing.TB, r *rig)) {
	defer r.stop()
	harm(r.t, r)
}

type rig struct {
	t      testing.TB
	name   string
	wire   *wire
	driver Driver
	check  func(ctx context.Context) error
	cancel context.CancelFunc
	ended  chan error
}

func newRig(t testing.TB, h Harness, name string) *rig {
	r := &rig{t: t, name: name, wire: &wire{device: h.Device}}
	r.driver, r.check = h.New(r.wire)
	r.start()
	return r
}

func (r *rig) start() {
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel, r.ended = cancel, make(chan error, 1)
	ended := r.ended
	go func() { ended <- r.driver.Run(ctx) }()
}

func (r *rig) stop() {
	r.cancel()
	r.end()
}

// end waits for Run.
func (r *rig) end() error {
	r.t.Helper()
	select {
	case err := <-r.ended:
		r.ended <- err
		return err
	case <-time.After(patience):
		r.t.Fatalf("%s: Run does not end", r.name)
		return nil
	}
}

// comesToWork repeats the check until it passes.
func (r *rig) comesToWork() {
	r.t.Helper()
	var err error
	for began := time.Now(); time.Since(began) < patience; time.Sleep(pause) {
		if err = r.check(r.t.Context()); err == nil {
			return
		}
	}
	r.t.Fatalf("%s: the driver does not come to work: %v", r.name, err)
}

func (r *rig) stillRuns() {
	r.t.Helper()
	select {
	case err := <-r.ended:
		r.t.Fatalf("%s: Run ended: %v", r.name, err)
	default:
	}
}

func works(_ testing.TB, r *rig) { r.comesToWork() }

func cancelled(t testing.TB, r *rig) {
	r.comesToWork()
	r.cancel()
	if err := r.end(); !errors.Is(err, context.Canceled) {
		t.Errorf("%s: Run: %v, want the context's error", r.name, err)
	}
	if err := r.check(t.Context()); err == nil {
		t.Errorf("%s: the driver says it worked without running", r.name)
	}
}

// cancelledAtWork accepts any outcome of the work, but there must be one.
func cancelledAtWork(_ testing.TB, r *rig) {
	r.comesToWork()
	r.wire.onWrite(3, r.cancel)
	atWork(r)
	r.cancel()
	r.end()
}

func atWork(r *rig) {
	r.t.Helper()
	outcome := make(chan error, 1)
	go func() { outcome <- r.check(context.Background()) }()
	select {
	case <-outcome:
	case <-time.After(patience):
		r.t.Fatalf("%s: the work has no outcome", r.name)
	}
}

var errNoSuchPort = errors.New("no such port")

func doesNotOpen(t testing.TB, r *rig) {
	r.stop()
	r.wire.set(func(w *wire) { w.refuse = errNoSuchPort })
	r.start()
	if err := r.end(); !errors.Is(err, errNoSuchPort) {
		t.Errorf("%s: Run: %v, want the opener's error", r.name, err)
	}
}

func unplugged(t testing.TB, r *rig) {
	for range 2 {
		r.comesToWork()
		r.wire.unplug()
		if err := r.end(); !errors.Is(err, port.ErrGone) {
			t.Errorf("%s: Run: %v, want ErrGone", r.name, err)
		}
		r.start()
	}
	r.comesToWork()
}

func unpluggedAtWork(t testing.TB, r *rig) {
	for _, write := range []int{1, 2, 3, 5, 8} {
		r.comesToWork()
		r.wire.onWrite(write, r.wire.unplug)
		atWork(r)
		r.wire.unplug()
		if err := r.end(); !errors.Is(err, port.ErrGone) {
			t.Errorf("%s: Run: %v, want ErrGone", r.name, err)
		}
		r.start()
	}
	r.comesToWork()
}

// worsens spoils what the driver hears, lets it work like that, and heals.
func (r *rig) worsens(spoil func(b []byte) []byte) {
	r.t.Helper()
	r.comesToWork()
	r.wire.set(func(w *wire) { w.spoil = spoil })
	for range 3 {
		atWork(r)
	}
	r.stillRuns()
	r.wire.set(func(w *wire) { w.spoil = nil })
	r.comesToWork()
	r.stillRuns()
}

func silence(_ testing.TB, r *rig) { r.worsens(func([]byte) []byte { return nil }) }

func halfAnswers(_ testing.TB, r *rig) {
	r.worsens(func(b []byte) []byte { return b[:len(b)/2] })
}

func noise(_ testing.TB, r *rig) {
	random := rand.New(rand.NewPCG(1, 2))
	r.worsens(func(b []byte) []byte {
		burst := make([]byte, noiseBytes)
		for i := range burst {
			burst[i] = byte(random.Uint32())
		}
		return append(burst, b...)
	})
}

// wire stands between driver and device.
type wire struct {
	device port.Opener

	mu     sync.Mutex
	refuse error                 // what Open answers
	spoil  func(b []byte) []byte // changes what the driver hears
	writes int                   // until then is called; 0 means never
	then   func()
	live   *cable
}

func (w *wire) set(change func(*wire)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(w)
}

// onWrite does something when the driver has written so many more times.
func (w *wire) onWrite(n int, then func()) {
	w.set(func(w *wire) { w.writes, w.then = n, then })
}

func (w *wire) Open(ctx context.Context) (io.ReadWriteCloser, error) {
	w.mu.Lock()
	refuse := w.refuse
	w.mu.Unlock()
	if refuse != nil {
		return nil, refuse
	}
	c, err := w.device.Open(ctx)
	if err != nil {
		return nil, err
	}
	live := &cable{wire: w, ReadWriteCloser: c}
	w.set(func(w *wire) { w.live = live })
	return live, nil
}

func (w *wire) unplug() {
	w.mu.Lock()
	live := w.live
	w.writes = 0
	w.mu.Unlock()
	live.pull()
}

// cable is one plugged-in wire.
type cable struct {
	wire *wire
	io.ReadWriteCloser

	mu     sync.Mutex
	pulled bool
	left   []byte // spoiled bytes that did not fit the reader
}

func (c *cable) pull() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.pulled {
		c.pulled = true
		c.ReadWriteCloser.Close()
	}
}

func (c *cable) gone(err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pulled {
		return port.ErrGone
	}
	return err
}

func (c *cable) Close() error { c.pull(); return nil }

// Read is called by one goroutine at a time, as ports are.
func (c *cable) Read(b []byte) (int, error) {
	if len(c.left) == 0 {
		n, err := c.ReadWriteCloser.Read(b)
		if err != nil {
			return n, c.gone(err)
		}
		c.left = append(c.left, b[:n]...)
		c.wire.set(func(w *wire) {
			if w.spoil != nil {
				c.left = w.spoil(c.left)
			}
		})
	}
	n := copy(b, c.left)
	c.left = c.left[n:]
	if n == 0 {
		return 0, port.ErrQuiet
	}
	return n, nil
}

func (c *cable) Write(b []byte) (int, error) {
	var then func()
	c.wire.set(func(w *wire) {
		if w.writes--; w.writes == 0 {
			then = w.then
		}
	})
	if then != nil {
		then()
	}
	n, err := c.ReadWriteCloser.Write(b)
	if err != nil {
		return n, c.gone(err)
	}
	return n, nil
}
