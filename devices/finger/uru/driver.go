package uru

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"log/slog"
	"sync"
	"time"

	"markaz.example/devices/finger"
	"markaz.example/devices/latest"
	"markaz.example/devices/usb"
)

// Driver runs one reader. Set the exported fields before the first Run and leave them; Capture, State and Changes may be
// called from any goroutine, whether Run is running or not.
type Driver struct {
	USB     usb.Opener    // opened anew on every Run
	Quality int           // lowest accepted, 1 to 100; 0 means 40
	Poll    time.Duration // between two looks at the reader; 0 means 1 s
	Log     *slog.Logger  // nil means silence

	// Seed hides the key of a scrambled picture on the cable; nil means a random one. Nothing depends on its secrecy.
	Seed func() uint32

	state latest.Value[finger.State]

	mu   sync.Mutex // guards what follows
	door *door      // nil while Run is not running
}

// door is where Capture hands its wish to the running session.
type door struct {
	jobs   chan job
	closed chan struct{}
}

type job struct {
	ctx      context.Context // bounds the wait for a finger
	position finger.Position
	done     chan outcome // holds one
}

type outcome struct {
	capture finger.Capture
	err     error
}

var _ finger.Reader = (*Driver)(nil)

// Run opens the reader once and looks after it until the context ends or it is unplugged; it never retries, rack does.
func (d *Driver) Run(ctx context.Context) error {
	way, err := d.openDoor()
	if err != nil {
		return err
	}
	defer d.closeDoor(way)
	handle, err := d.USB.OpenUSB(ctx)
	if err != nil {
		return err
	}
	s, err := newSession(d, handle, way.jobs)
	if err != nil {
		return errors.Join(err, handle.Close())
	}
	return s.run(ctx)
}

// openDoor makes this Run the only one. Wishes are not taken before the session asks for them.
func (d *Driver) openDoor() (*door, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.door != nil {
		return nil, ErrRunning
	}
	d.door = &door{jobs: make(chan job), closed: make(chan struct{})}
	return d.door, nil
}

func (d *Driver) closeDoor(way *door) {
	d.mu.Lock()
	d.door = nil
	d.mu.Unlock()
	close(way.closed)
	d.setState(finger.State{})
}

// Capture waits for a finger as long as the context allows. Its picture is upright, 384 by 289 at 500 dpi, and belongs to
// the caller, who wipes it. Errors are those of finger.Reader; ErrNotRunning, ErrAsleep, ErrNoPicture and the errors of
// devices/port when the reader is not well.
func (d *Driver) Capture(ctx context.Context, p finger.Position) (finger.Capture, error) {
	d.mu.Lock()
	way := d.door
	d.mu.Unlock()
	if way == nil {
		return finger.Capture{}, ErrNotRunning
	}
	j := job{ctx: ctx, position: p, done: make(chan outcome, 1)}
	select {
	case way.jobs <- j:
		o := <-j.done
		return o.capture, o.err
	case <-way.closed:
		return finger.Capture{}, ErrNotRunning
	case <-ctx.Done():
		return finger.Capture{}, waited(ctx)
	}
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

func (d *Driver) seed() uint32 {
	if d.Seed != nil {
		return d.Seed()
	}
	var b [4]byte
	rand.Read(b[:]) // never fails: crypto/rand
	return binary.LittleEndian.Uint32(b[:])
}

func (d *Driver) log() *slog.Logger {
	if d.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return d.Log
}
