package zfm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"markaz.example/devices/finger"
	"markaz.example/devices/latest"
	"markaz.example/devices/port"
	"markaz.example/devices/profile"
)

// Driver runs one module. Set the exported fields before the first Run and leave them; all methods may be called from any
// goroutine, whether Run is running or not, and wait their turn. They answer ErrNotRunning while there is no open port.
type Driver struct {
	Port     port.Opener                // opened anew on every Run
	At       func(baud int) port.Opener // instead of Port: the same line at other speeds, to find a module and to change it
	Profile  profile.Finger             // how this model works
	Password uint32                     // 0 is the factory's
	Address  uint32                     // 0 means FFFFFFFF, the factory's
	Log      *slog.Logger               // nil means silence

	Poll   time.Duration // between two questions to an idle module; 0 means 1.5 s
	Answer time.Duration // for one answer; 0 means 1 s
	Look   time.Duration // between two looks for a finger; 0 means 150 ms
	Settle time.Duration // of silence after a missed answer; 0 means 200 ms

	baud     int    // that the line is opened at; owned by Run, kept from one Run to the next
	home     int    // the speed at which the module was last heard, or should be; likewise
	tried    int    // other speeds so far; likewise
	password uint32 // as it is by now; likewise
	address  uint32 // likewise

	state latest.Value[finger.State]

	mu      sync.Mutex // guards what follows
	started bool       // those above were taken over from the fields
	door    *door      // nil while Run is not running
}

var _ finger.Reader = (*Driver)(nil)

// door is where methods hand their work to the running session.
type door struct {
	jobs   chan job
	closed chan struct{}
}

type job struct {
	do   func(s *session) error
	done chan error // holds one
}

// Run opens the port and looks after the module until the context or the port ends; it never retries, rack does. With At
// it opens the line again at another speed when the module is not heard, or was told to change.
func (d *Driver) Run(ctx context.Context) error {
	if err := d.Profile.Check(); err != nil {
		return fmt.Errorf("fingerprint module profile %q: %w", d.Profile.Model, err)
	}
	way, err := d.openDoor()
	if err != nil {
		return err
	}
	defer d.closeDoor(way)
	var ear port.Ear
	for {
		err := d.talk(ctx, way.jobs, &ear)
		if !errors.Is(err, errSpeed) {
			return err
		}
	}
}

// errSpeed ends a session so that the line is opened at d.baud.
var errSpeed = errors.New("the line is to have another speed")

// talk is one session at one speed.
func (d *Driver) talk(ctx context.Context, jobs <-chan job, ear *port.Ear) error {
	opener := d.Port
	if d.At != nil {
		opener = d.At(d.baud)
	}
	conn, err := opener.Open(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return newSession(ctx, d, conn, ear).loop(jobs)
}

// openDoor makes this Run the only one.
func (d *Driver) openDoor() (*door, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.door != nil {
		return nil, ErrRunning
	}
	if !d.started {
		d.started = true
		d.baud, d.home = d.Profile.Line.Baud, d.Profile.Line.Baud
		d.tried = -1
		d.password, d.address = d.Password, cmp.Or(d.Address, addressDefault)
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

// speeds are those that a module may have, the likely ones first.
func (d *Driver) speeds() (all []int) {
	for _, baud := range append([]int{d.home, d.Profile.Firmware.Baud}, profile.ZFMBauds()...) {
		if baud != 0 && !slices.Contains(all, baud) {
			all = append(all, baud)
		}
	}
	return all
}

// otherSpeed is where to look next: at home, where the module was last heard, and at one of the others in turn.
func (d *Driver) otherSpeed() int {
	if d.baud != d.home {
		return d.home
	}
	others := d.speeds()[1:]
	d.tried++
	return others[d.tried%len(others)]
}

// do has the session do something, in its turn, and stays until that has an outcome. The context bounds the wait for the
// turn; what the work itself waits for, such as a finger, it bounds by itself.
func (d *Driver) do(ctx context.Context, work func(s *session) error) error {
	d.mu.Lock()
	way := d.door
	d.mu.Unlock()
	if way == nil {
		return ErrNotRunning
	}
	j := job{do: work, done: make(chan error, 1)}
	select {
	case way.jobs <- j:
		return <-j.done
	case <-way.closed:
		return ErrNotRunning
	case <-ctx.Done():
		return fmt.Errorf("wait for the fingerprint module: %w", context.Cause(ctx))
	}
}

// get is do with a result.
func get[T any](ctx context.Context, d *Driver, work func(s *session) (T, error)) (result T, err error) {
	err = d.do(ctx, func(s *session) (err error) {
		result, err = work(s)
		return err
	})
	return result, err
}

// State is how the module is; the zero State before the first answer and while Run is not running.
func (d *Driver) State() finger.State { return d.state.Get() }

// Changes gives the present state and then each new one. It holds one: a state that was not fetched is replaced by the
// next, so a slow reader misses steps but never the end. All callers share one channel.
func (d *Driver) Changes() <-chan finger.State { return d.state.Changes() }

// setState keeps the time of the last answer when Run ends.
func (d *Driver) setState(s finger.State) {
	d.state.Set(func(before finger.State) (finger.State, bool) {
		if s.Heard.IsZero() {
			s.Heard = before.Heard
		}
		return s, !s.Same(before)
	})
}

func (d *Driver) log() *slog.Logger {
	if d.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return d.Log
}
