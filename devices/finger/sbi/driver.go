package sbi

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"regexp"
	"strings"
	"sync"
	"time"

	"markaz.example/devices/finger"
	"markaz.example/devices/latest"
)

// Driver runs one certified reader behind its maker's device service. Set the exported fields before the first Run and
// leave them; the methods may be called from any goroutine, whether Run is running or not.
type Driver struct {
	First, Last int            // ports to look at; 0 means 4501 and 4600
	Serial      string         // of the reader wanted; empty means the first one found
	Roots       *x509.CertPool // whom to believe; see ParseRoots. Must not be nil
	Env         string         // "Staging", "Developer", "Pre-Production" or "Production"
	Purpose     string         // "Registration" or "Auth", as the reader was certified
	Quality     int            // asked of the reader, 1 to 100; 0 means 40
	Poll        time.Duration  // between two questions how the reader is; 0 means 2 s
	Log         *slog.Logger   // nil means silence

	// Known is the time for certificates, and whether somebody vouches for it; nil means Now, which is vouched for. Without,
	// they are checked at the moment of their validity that is nearest, and none is refused because of the time.
	Known func() (now time.Time, known bool)

	Now  func() time.Time                                                     // the clock that the reader's service shows too; nil means time.Now
	Dial func(ctx context.Context, network, address string) (net.Conn, error) // for tests; nil means the machine's own

	turn chan struct{} // holds one while nobody captures; made with once
	once sync.Once

	state latest.Value[finger.State]

	mu      sync.Mutex // guards what follows
	session *session   // nil while Run is not running
}

var _ finger.Reader = (*Driver)(nil)

// Run looks for the reader once and asks how it is until the context ends or its service is gone; it never retries, rack
// does. ErrNoService when there is none.
func (d *Driver) Run(ctx context.Context) error {
	if err := d.check(); err != nil {
		return err
	}
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	s := &session{d: d, client: newClient(d.Dial), judge: judge{roots: d.Roots, now: d.now, known: d.Known}, ctx: ctx}
	if err := d.begin(s); err != nil {
		return err
	}
	defer d.end()
	if err := s.look(ctx); err != nil {
		return err
	}
	err := s.watch(ctx)
	fail(err)
	return err
}

// check refuses settings that no service would know.
func (d *Driver) check() error {
	first, last := d.ports()
	switch {
	case first < 1024 || last > 65535 || last < first || last-first >= portLast-portFirst+1:
		return fmt.Errorf("%w: ports %d to %d; the interface has %d to %d", ErrSetting, first, last, portFirst, portLast)
	case d.Roots == nil:
		return fmt.Errorf("%w: no trust roots; without them no answer could be believed", ErrSetting)
	case !oneOf(d.Env, "Staging", "Developer", "Pre-Production", "Production"):
		return fmt.Errorf("%w: environment %q is none of Staging, Developer, Pre-Production, Production", ErrSetting, d.Env)
	case !oneOf(d.Purpose, "Registration", "Auth"):
		return fmt.Errorf("%w: purpose %q is neither Registration nor Auth", ErrSetting, d.Purpose)
	case d.Quality < 0 || d.Quality > 100:
		return fmt.Errorf("%w: quality %d is outside 1 to 100", ErrSetting, d.Quality)
	}
	return nil
}

func oneOf(s string, words ...string) bool {
	for _, w := range words {
		if s == w {
			return true
		}
	}
	return false
}

func (d *Driver) ports() (first, last int) {
	return cmp.Or(d.First, portFirst), cmp.Or(d.Last, portLast)
}

func (d *Driver) quality() int { return cmp.Or(d.Quality, qualityDefault) }

func (d *Driver) init() {
	d.once.Do(func() {
		d.turn = make(chan struct{}, 1)
		d.turn <- struct{}{}
	})
}

// begin makes this Run the only one.
func (d *Driver) begin(s *session) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.session != nil {
		return ErrRunning
	}
	d.session = s
	return nil
}

func (d *Driver) end() {
	d.mu.Lock()
	d.session = nil
	d.mu.Unlock()
	d.setState(finger.State{})
}

// Capture is a transaction of its own with one finger in it.
func (d *Driver) Capture(ctx context.Context, p finger.Position) (finger.Capture, error) {
	t, err := d.Begin(rand.Text())
	if err != nil {
		return finger.Capture{}, err
	}
	return t.Capture(ctx, p)
}

// Begin starts a transaction: its captures are chained by their hashes, so that nobody can later take one out, put one in
// or mix two persons' fingers. The name must never be used again: 4 to 50 letters, digits and hyphens.
func (d *Driver) Begin(name string) (*Transaction, error) {
	if len(name) < transactionMin || len(name) > transactionMax || !regexp.MustCompile(`^[A-Za-z0-9-]+$`).MatchString(name) {
		return nil, fmt.Errorf("%w: name of a transaction must be %d to %d letters, digits and hyphens", ErrSetting, transactionMin, transactionMax)
	}
	return &Transaction{driver: d, name: name, last: firstHash()}, nil
}

// Transaction is the fingers of one person, taken one after the other. It is a finger.Reader; one goroutine may use it.
type Transaction struct {
	driver *Driver
	name   string
	last   string // hash of the last capture that was accepted
}

var _ finger.Reader = (*Transaction)(nil)

// Capture waits for a finger as long as the context allows, 40 s at most. Its Signed is the reader's token as it came,
// checked; there is no picture. Errors are those of finger.Reader; finger.ErrTrust and finger.ErrClock for an answer that is not
// believed, *DeviceError for what the service reports, and the errors of devices/port when it is not well.
func (t *Transaction) Capture(ctx context.Context, p finger.Position) (finger.Capture, error) {
	d := t.driver
	d.init()
	select {
	case <-d.turn:
	case <-ctx.Done():
		return finger.Capture{}, waited(ctx)
	}
	defer func() { d.turn <- struct{}{} }()
	d.mu.Lock()
	s := d.session
	d.mu.Unlock()
	if s == nil {
		return finger.Capture{}, ErrNotRunning
	}
	c, hash, err := s.capture(ctx, t.name, t.last, p)
	if err != nil {
		return finger.Capture{}, err
	}
	t.last = hash
	return c, nil
}

// waited is why a wait for a finger ended: a deadline is no finger, anything else is the caller's own reason.
func waited(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return finger.ErrNoFinger
	}
	return context.Cause(ctx)
}

// State is what is known of the reader; the zero State while Run is not running.
func (d *Driver) State() finger.State { return d.state.Get() }

// Changes gives the present state and then each new one. It holds one: a state that was not fetched is replaced by the
// next, so a slow reader misses steps but never the end. All callers share one channel.
func (d *Driver) Changes() <-chan finger.State { return d.state.Changes() }

// setState keeps the time of the last answer through silence.
func (d *Driver) setState(s finger.State) {
	d.state.Set(func(before finger.State) (finger.State, bool) {
		if s.Heard.IsZero() {
			s.Heard = before.Heard
		}
		return s, !s.Same(before)
	})
}

func (d *Driver) now() time.Time {
	if d.Now != nil {
		return d.Now()
	}
	return time.Now()
}

func (d *Driver) log() *slog.Logger {
	if d.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return d.Log
}

// same compares words as services write them.
func same(a text, b string) bool { return strings.EqualFold(string(a), b) }
