package printer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"markaz.example/devices/latest"
	"markaz.example/devices/port"
	"markaz.example/devices/profile"
	"markaz.example/devices/slip"
)

// Driver runs one printer. Set the exported fields before the first Run and leave them; Print, State and Changes may
// be called from any goroutine, whether Run is running or not.
type Driver struct {
	Port    port.Opener     // opened anew on every Run
	Profile profile.Printer // how this model works
	Log     *slog.Logger    // nil means silence

	Poll   time.Duration // between two status rounds of an idle printer; 0 means 1.5 s
	Watch  time.Duration // the same while a slip is under way or being cleared; 0 means 500 ms
	Answer time.Duration // for one answer to a real-time question; 0 means 1 s
	Proof  time.Duration // for the confirmation after the last byte; 0 means 10 s
	Settle time.Duration // of silence that makes a confirmation believable; 0 means 20 ms

	clean bool // the printer's buffer is known to be empty; owned by Run, kept from one Run to the next

	state latest.Value[State]

	mu   sync.Mutex // guards what follows
	door *door      // nil while Run is not running
}

// door is where Print hands a slip to the running session, and Identify and Apply an errand.
type door struct {
	jobs    chan job
	errands chan errand
	closed  chan struct{}
}

type job struct {
	ctx  context.Context // bounds the wait before the first byte only
	slip *slip.Bitmap
	done chan error // holds one
}

// errand is anything but a slip that somebody wants of the printer; none of them moves paper.
type errand struct {
	ctx  context.Context // bounds all of it
	do   func(ctx context.Context, s *session) error
	done chan error // holds one
}

// ErrRunning is returned by a second Run at the same time.
var ErrRunning = errors.New("driver is already running")

// Run opens the port once and looks after the printer until the context or the port ends; it never retries, rack does.
// A slip under way when it ends is ErrUncertain.
func (d *Driver) Run(ctx context.Context) error {
	way, err := d.openDoor()
	if err != nil {
		return err
	}
	defer d.closeDoor(way)
	return d.serve(ctx, way)
}

func (d *Driver) serve(ctx context.Context, way *door) error {
	if err := d.Profile.Check(); err != nil {
		return fmt.Errorf("printer profile %q: %w", d.Profile.Model, err)
	}
	conn, err := d.Port.Open(ctx)
	if err != nil {
		return err
	}
	return newSession(d, conn, way).run(ctx)
}

// openDoor makes this Run the only one. Jobs are not taken before the session asks for them.
func (d *Driver) openDoor() (*door, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.door != nil {
		return nil, ErrRunning
	}
	d.door = &door{jobs: make(chan job), errands: make(chan errand), closed: make(chan struct{})}
	return d.door, nil
}

func (d *Driver) closeDoor(way *door) {
	d.mu.Lock()
	d.door = nil
	d.mu.Unlock()
	close(way.closed)
	d.setState(State{})
}

// Print waits for its turn, sends the slip and returns nil once the printer has confirmed it. Any other result is
// ErrNotSent or ErrUncertain, never both; see there for what each allows.
//
// The context bounds the wait up to the first byte. From then on Print stays until the outcome is known, which takes
// no longer than the line needs for the slip plus Proof: a slip half sent serves nobody.
func (d *Driver) Print(ctx context.Context, b *slip.Bitmap) error {
	if b == nil || b.Width != d.Profile.WidthDots || b.Height < 1 || b.Height > slipRowsMax || len(b.Bits) != b.Stride*b.Height {
		return &NotSentError{ErrWidth}
	}
	d.mu.Lock()
	way := d.door
	d.mu.Unlock()
	if way == nil {
		return &NotSentError{ErrNotRunning}
	}
	j := job{ctx: ctx, slip: b, done: make(chan error, 1)}
	select {
	case way.jobs <- j:
		return <-j.done
	case <-way.closed:
		return &NotSentError{ErrNotRunning}
	case <-ctx.Done():
		return &NotSentError{context.Cause(ctx)}
	}
}

// do hands an errand to the session when the printer is idle and well, and waits for its end. While nobody runs the
// driver it opens the port for this one errand.
func (d *Driver) do(ctx context.Context, work func(ctx context.Context, s *session) error) error {
	e := errand{ctx: ctx, do: work, done: make(chan error, 1)}
	d.mu.Lock()
	way := d.door
	d.mu.Unlock()
	if way == nil {
		return d.alone(e)
	}
	select {
	case way.errands <- e:
		return <-e.done
	case <-way.closed:
		return ErrNotRunning
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// alone is a session for one errand.
func (d *Driver) alone(e errand) error {
	way, err := d.openDoor()
	if err != nil {
		return err
	}
	defer d.closeDoor(way)
	ctx, stop := context.WithCancel(e.ctx)
	ended := make(chan error, 1)
	go func() { ended <- d.serve(ctx, way) }()
	select {
	case way.errands <- e:
		err = <-e.done
		stop()
		<-ended
	case err = <-ended:
		stop()
	}
	return err
}

// State is what the printer last said of itself; the zero State before the first answer and after silence.
func (d *Driver) State() State { return d.state.Get() }

// Changes gives the present state and then each new one. It holds one: a state that was not fetched is replaced by the
// next, so a slow reader misses steps but never the end. All callers share one channel.
func (d *Driver) Changes() <-chan State { return d.state.Changes() }

// setState keeps the time of the last answer through silence.
func (d *Driver) setState(s State) {
	d.state.Set(func(before State) (State, bool) {
		s.Heard = before.Heard
		if s.Known {
			s.Heard = time.Now()
		}
		return s, !s.same(before)
	})
}

func (d *Driver) log() *slog.Logger {
	if d.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return d.Log
}
