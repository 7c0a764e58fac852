package scale

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
)

// Driver runs one scale. Set the exported fields before the first Run and leave them; all other methods may be called
// from any goroutine, whether Run is running or not.
type Driver struct {
	Port    port.Opener   // opened anew on every Run
	Profile profile.Scale // how this model speaks
	Log     *slog.Logger  // nil means silence

	Watched time.Duration // between two questions while somebody watches; 0 means 200 ms
	Idle    time.Duration // the same while nobody does; 0 means 2 s
	Answer  time.Duration // for one answer; 0 means 500 ms
	Order   time.Duration // for zeroing and taring, which wait for rest; 0 means 5 s

	state latest.Value[State]

	mu       sync.Mutex // guards what follows
	door     *door      // nil while Run is not running
	newest   Reading
	watchers map[chan Reading]struct{}
}

// door is where orders reach the running session.
type door struct {
	orders chan order
	closed chan struct{}
}

// order is something to do between two weights.
type order struct {
	ctx  context.Context
	do   func(context.Context, *session) error
	done chan error // holds one
}

// Run opens the port once and reads the scale until the context or the port ends; it never retries, rack does.
func (d *Driver) Run(ctx context.Context) error {
	if err := d.Profile.Check(); err != nil {
		return fmt.Errorf("scale profile %q: %w", d.Profile.Model, err)
	}
	speech, err := dialectOf(d.Profile)
	if err != nil {
		return fmt.Errorf("scale profile %q: %w", d.Profile.Model, err)
	}
	way, err := d.openDoor()
	if err != nil {
		return err
	}
	defer d.closeDoor(way)
	conn, err := d.Port.Open(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return newSession(d, conn, speech, way.orders).run(ctx)
}

func (d *Driver) openDoor() (*door, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.door != nil {
		return nil, ErrRunning
	}
	d.door = &door{orders: make(chan order), closed: make(chan struct{})}
	return d.door, nil
}

func (d *Driver) closeDoor(way *door) {
	d.mu.Lock()
	d.door, d.newest = nil, Reading{}
	d.mu.Unlock()
	close(way.closed)
	d.setState(State{})
}

// Latest is the newest reading, of any status. ok is false before the first, 4 s after the last, and without a port.
func (d *Driver) Latest() (r Reading, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.newest, d.newest.Status != 0 && time.Since(d.newest.At) < staleAfter
}

// Watch gives every new reading until stop is called, and makes a scale that has to be asked be asked 5 times a second.
// The channel holds one: a reading that was not fetched is replaced by the next. It is never closed; it falls silent
// with the scale.
func (d *Driver) Watch() (readings <-chan Reading, stop func()) {
	c := make(chan Reading, 1)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.watchers == nil {
		d.watchers = map[chan Reading]struct{}{}
	}
	d.watchers[c] = struct{}{}
	return c, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.watchers, c)
	}
}

// watched reports whether anybody looks.
func (d *Driver) watched() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.watchers) > 0
}

func (d *Driver) publish(r Reading) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.newest = r
	for c := range d.watchers {
		latest.Replace(c, r)
	}
}

// Zero makes the present load zero: the pan must be empty. ErrUnrest, ErrRange, ErrAtKeys, ErrNoAnswer, ErrNotRunning,
// a *RefusedError, or what ended the port or the context.
func (d *Driver) Zero(ctx context.Context) error {
	return d.give(ctx, func(ctx context.Context, s *session) error { return s.settleAt(ctx, s.speech.zero) })
}

// Tare makes the present load the container's. Errors as for Zero. A scale forgets its tare with its power, and when the
// driver has to cancel a command that it does not answer; to weigh a person, take the difference of two weights instead.
func (d *Driver) Tare(ctx context.Context) error {
	return d.give(ctx, func(ctx context.Context, s *session) error { return s.settleAt(ctx, s.speech.tare) })
}

// Serial is the scale's own number: by it a desk is bound to its scale wherever that is plugged in. Empty for a scale
// that has none to tell, and before it was asked.
func (d *Driver) Serial() string { return d.State().Serial }

// Apply writes the profile's firmware parameters where the scale has others, and reads back what it has then. The error
// is about the conversation; a parameter that was not taken has its own in Setting.Err.
func (d *Driver) Apply(ctx context.Context) (settings []profile.Setting, err error) {
	err = d.give(ctx, func(ctx context.Context, s *session) error {
		settings, err = s.apply(ctx)
		return err
	})
	return settings, err
}

// give hands an order to the running session and waits until it was carried out.
func (d *Driver) give(ctx context.Context, do func(context.Context, *session) error) error {
	d.mu.Lock()
	way := d.door
	d.mu.Unlock()
	if way == nil {
		return ErrNotRunning
	}
	o := order{ctx: ctx, do: do, done: make(chan error, 1)}
	select {
	case way.orders <- o:
		return <-o.done
	case <-way.closed:
		return ErrNotRunning
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// State is how the scale is.
func (d *Driver) State() State { return d.state.Get() }

// Changes gives the present state and then each new one. It holds one: a state that was not fetched is replaced by the
// next, so a slow reader misses steps but never the end. All callers share one channel.
func (d *Driver) Changes() <-chan State { return d.state.Changes() }

// setState keeps the time of the last message through silence.
func (d *Driver) setState(s State) {
	d.state.Set(func(before State) (State, bool) {
		if s.Heard.IsZero() {
			s.Heard = before.Heard
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

// ends sorts trouble of the scale, which passes, from the end of the port or of the context, which does not.
func ends(err error) bool {
	var refused *RefusedError
	if err == nil || errors.As(err, &refused) {
		return false
	}
	for _, passes := range []error{errQuiet, port.ErrQuiet, port.ErrStuck, ErrAtKeys, ErrUnrest, ErrRange, ErrNoAnswer} {
		if errors.Is(err, passes) {
			return false
		}
	}
	return true
}
