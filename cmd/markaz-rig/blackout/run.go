package blackout

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"time"

	"markaz.example/cmd/markaz-rig/drive"
	"markaz.example/cmd/markaz-rig/machine"
	"markaz.example/cmd/markaz-sim/client"
)

// Run is a number of kills of one machine. Set the fields, then call Do once.
type Run struct {
	Machine *machine.Debian // prepared
	Drive   *drive.Drive
	Image   string // the file of Drive
	Program string // markaz, which checks the ledger at the end
	Kills   int
	Seed    uint64
	Out     io.Writer

	random *rand.Rand
	door   *net.UnixListener
	town   *town
	result Result
}

// Result is what a run came to.
type Result struct {
	Kills    int
	Numbers  int // given and found again
	Acts     int // presses at desks that were answered
	Open     int // presses without an answer
	Papers   int
	Reprints int // of them marked as such
	Records  string
	Swap     string
	Drive    drive.Stats
	Took     time.Duration
}

func (r Result) String() string {
	return fmt.Sprintf("%d kills, %d numbers and %d acts of desks acknowledged, %d presses without an answer, %d papers, %d of them marked as reprints; "+
		"%s; nothing lost; %s; %s; %v", r.Kills, r.Numbers, r.Acts, r.Open, r.Papers, r.Reprints, r.Drive, r.Records, r.Swap, r.Took.Round(time.Second))
}

// ErrBroken is a broken promise.
var ErrBroken = errors.New("a promise was broken")

// Do kills, and reports the first promise that is broken.
func (r *Run) Do(ctx context.Context) (Result, error) {
	begin := time.Now()
	r.random = rand.New(rand.NewPCG(r.Seed, r.Seed))
	r.town = newTown(r.Machine, r.random)
	door, err := net.ListenUnix("unix", &net.UnixAddr{Name: r.Machine.Drive})
	if err != nil {
		return r.result, err
	}
	r.door = door
	defer door.Close()
	for err == nil && r.result.Kills < r.Kills {
		if err = r.life(ctx, true); err == nil {
			r.result.Kills++
		}
	}
	if err == nil {
		err = r.life(ctx, false)
	}
	if err == nil {
		r.result.Records, err = r.verify(ctx)
	}
	r.result.Drive, r.result.Took = r.Drive.Stats(), time.Since(begin)
	r.town.count(&r.result)
	return r.result, err
}

// life is from one start to the kill: the machine comes up, everything is there, people are served.
func (r *Run) life(ctx context.Context, serve bool) error {
	var up time.Duration
	err := r.Drive.While(r.door, func() (err error) {
		up, err = r.powered(ctx, serve)
		return err
	})
	err = errors.Join(err, r.Drive.Cut(r.random))
	fmt.Fprintf(r.Out, "start %d: all was there after %.0f s; %s; %s\n", r.result.Kills+1, up.Seconds(), r.town, r.Drive.Stats())
	return err
}

// powered is the time with power, and how much of it the machine took to come up.
func (r *Run) powered(ctx context.Context, serve bool) (up time.Duration, err error) {
	m, err := r.Machine.Start(ctx)
	if err != nil {
		return 0, err
	}
	begin := time.Now()
	err = r.wakes(ctx, m)
	up = time.Since(begin)
	switch {
	case err == nil && serve:
		err = r.serve(ctx, m)
	case err == nil:
		r.result.Swap, err = r.swapped(ctx)
		err = errors.Join(err, m.Kill())
	default:
		err = errors.Join(err, m.Kill())
	}
	return up, err
}

// wakes waits for the box and looks whether everything is there.
func (r *Run) wakes(ctx context.Context, m *machine.Powered) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go func() {
		select {
		case <-m.Ended():
			stop(errors.New("the machine is off"))
		case <-ctx.Done():
		}
	}()
	if err := r.town.up(ctx); err != nil {
		return fmt.Errorf("%w: the box does not come up: %w; the end of its console:\n%s", ErrBroken, err, tail(r.Machine.Console()))
	}
	if err := r.town.holds(ctx); err != nil {
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return nil
}

// serve lets people press, and pulls the plug while they do.
func (r *Run) serve(ctx context.Context, m *machine.Powered) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	home := make(chan struct{})
	go func() {
		defer close(home)
		r.town.open(ctx)
	}()
	r.moment(ctx)
	err := m.Kill()
	stop()
	<-home
	return err
}

// moment is when the plug is pulled: at some time, or, half the time, at one of the next writes to the drive, which is when
// there is most to forget.
func (r *Run) moment(ctx context.Context) {
	span := shortest + time.Duration(r.random.Int64N(int64(longest-shortest)))
	inWrite, nth := r.random.IntN(2) == 0, 1+r.random.IntN(nthMost)
	if client.Pause(ctx, span) != nil || !inWrite {
		return
	}
	select {
	case <-r.Drive.Arm(nth):
	case <-time.After(longest): // nobody wrote
	case <-ctx.Done():
	}
}
