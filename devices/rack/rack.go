package rack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"
)

// Driver is what all drivers have in common. Run opens its port once and ends when the port does.
type Driver interface {
	Run(ctx context.Context) error
}

// Watcher is a driver's adapter that knows more about its device than whether Run ends. Watch calls tell with all
// conditions that hold, at once and after each change, until the context ends; Since is left for the rack to fill.
type Watcher interface {
	Watch(ctx context.Context, tell func([]Condition))
}

// Severity says who has to act.
type Severity int

// From "know it" to "nobody is served until this is done".
const (
	Notice  Severity = iota // worth knowing; nothing to do today
	Warning                 // something to do soon
	Fault                   // the device does not do its work
)

func (s Severity) String() string {
	switch s {
	case Notice:
		return "notice"
	case Warning:
		return "warning"
	case Fault:
		return "fault"
	}
	return fmt.Sprintf("Severity(%d)", int(s))
}

// Condition is one thing that is so about a device and should not be.
type Condition struct {
	Code     string    // stable: class, dot, plain words with hyphens, such as "printer.paper-out"
	Severity Severity  //
	Since    time.Time // when it began to hold without a break
	Remedy   string    // key of the text that tells a person what to do
	Detail   string    // for the log and the technician; empty or an error's text
	Part     string    // of the devices behind one driver, the one that it is about: "hbl/047"; usually empty
}

// Reporter is told all conditions that hold for a device whenever they change; none means the device is well.
// Calls for one device come one at a time. Report must not block: no driver is held up by it, but its news would be.
type Reporter interface {
	Report(dev string, now []Condition)
}

// Device is one driver under its name in the centre.
type Device struct {
	Name   string // such as "printer-1"; unique in a rack
	Driver Driver // may be a Watcher too
}

// Rack runs its devices. Set the fields before Run; Plugged may be called from any goroutine at any time.
type Rack struct {
	Devices  []Device
	Reporter Reporter     // must not be nil
	Log      *slog.Logger // nil means silence

	bell bell
}

// Plugged wakes every device that waits to be started again: something was plugged in, and it may be theirs. Without a
// call each asks for its own port anyway, after the delay that has grown.
func (r *Rack) Plugged() { r.bell.ring() }

// ErrNames is returned by Run when two devices share a name or one has none.
var ErrNames = errors.New("devices of a rack need names, each its own")

// Run runs every device until the context ends, and returns the context's error. No device can end it.
func (r *Rack) Run(ctx context.Context) error {
	names := map[string]bool{"": true}
	for _, d := range r.Devices {
		if names[d.Name] {
			return fmt.Errorf("device %q: %w", d.Name, ErrNames)
		}
		names[d.Name] = true
	}
	var all sync.WaitGroup
	for _, d := range r.Devices {
		all.Go(func() { r.keep(ctx, d) })
	}
	all.Wait()
	<-ctx.Done() // an empty rack waits too
	return context.Cause(ctx)
}

// keep is one device's life.
func (r *Rack) keep(ctx context.Context, d Device) {
	b := &board{dev: d.Name, to: r.Reporter}
	log := r.log().With("dev", d.Name)
	var delay time.Duration
	for ctx.Err() == nil {
		began, ring := time.Now(), r.bell.next()
		err := r.once(ctx, d, b)
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) >= steady {
			delay = 0
		}
		delay = grow(delay)
		log.Warn("driver ended, starting it again", "err", err, "in", delay)
		b.failed(err)
		if woken(ctx, jitter(delay), ring) {
			log.Info("something was plugged in, starting at once")
			delay = 0
		}
	}
}

// once is one Run of the driver, watched if it can be.
func (r *Rack) once(ctx context.Context, d Device, b *board) error {
	watchCtx, stop := context.WithCancel(ctx)
	var watch sync.WaitGroup
	defer watch.Wait()
	defer stop()
	if w, ok := d.Driver.(Watcher); ok {
		watch.Go(func() { w.Watch(watchCtx, b.told) })
	} else {
		watch.Go(func() { assumeWell(watchCtx, b) })
	}
	return run(ctx, d.Driver)
}

// assumeWell is the watch over a driver that tells nothing: running steadily is all there is to know.
func assumeWell(ctx context.Context, b *board) {
	if sleep(ctx, steady) {
		b.told(nil)
	}
}

// run turns a panic of one driver into its error: a mistake in the code for one device must not stop the others.
func run(ctx context.Context, d Driver) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("driver panicked: %v", p)
		}
	}()
	return d.Run(ctx)
}

func (r *Rack) log() *slog.Logger {
	if r.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return r.Log
}

func grow(d time.Duration) time.Duration { return min(max(2*d, delayMin), delayMax) }

// jitter takes up to a part away, so delayMax stays the most.
func jitter(d time.Duration) time.Duration { return d - rand.N(d/jitterPart) }

// sleep reports whether it slept to the end.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
