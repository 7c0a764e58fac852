package nation

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"markaz.example/cmd/markaz-sim/lab"
	"markaz.example/cmd/markaz-sim/stage"
)

// Day is a day of the nation on which every second centre is cut off from morning to night.
type Day struct {
	Nation *Nation
	Length time.Duration
	Out    io.Writer
}

const (
	lookEvery = time.Second
	drainMax  = 10 * time.Minute // after the lines are mended
)

// Run plays the day, mends the lines, waits until headquarters has everything, and judges. It reports ErrWrong.
func (d *Day) Run(ctx context.Context) error {
	if err := d.play(ctx); err != nil {
		return err
	}
	v, err := d.Nation.Judge(ctx)
	if err != nil {
		return err
	}
	return v.tell(d.Out)
}

func (d *Day) play(ctx context.Context) error {
	running, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- d.Nation.Run(running) }()
	err := stage.Await(ctx, d.Nation.Page)
	if err == nil {
		fmt.Fprintf(d.Out, "%d centres; headquarters is at %s\n", len(d.Nation.Centres), d.Nation.Page)
		err = d.story(ctx, ended)
	}
	stop()
	return errors.Join(err, <-ended)
}

// story is cut off, on, and until everything is there.
func (d *Day) story(ctx context.Context, ended chan error) error {
	if err := errors.Join(d.Nation.Gather(ctx), d.set(ctx, lab.Cut)); err != nil {
		return err
	}
	if err := d.watch(ctx, ended, d.Length, func() bool { return false }, "half of them cut off"); err != nil {
		return err
	}
	err := d.set(ctx, lab.Whole)
	for _, c := range d.Nation.Centres {
		err = errors.Join(err, c.CloseDoors())
	}
	if err != nil {
		return err
	}
	mended := time.Now()
	done := func() bool {
		s := d.Nation.Standing()
		return s.Behind == 0 && s.Linked == len(d.Nation.Centres)
	}
	if err := d.watch(ctx, ended, drainMax, done, "lines mended, nobody comes any more"); err != nil {
		return err
	}
	if !done() {
		return fmt.Errorf("%d records are still on their way %s after the lines were mended", d.Nation.Standing().Behind, drainMax)
	}
	fmt.Fprintf(d.Out, "all there %s after the lines were mended\n", time.Since(mended).Round(100*time.Millisecond))
	return d.Nation.Level(ctx)
}

// set puts a fault on every second line.
func (d *Day) set(ctx context.Context, f lab.Fault) error {
	for i := 1; i < len(d.Nation.Centres); i += 2 {
		if err := d.Nation.Centres[i].Line.Set(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// watch tells how the nation stands until the time is over or done holds.
func (d *Day) watch(ctx context.Context, ended chan error, span time.Duration, done func() bool, what string) error {
	over := time.After(span)
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for n := 0; !done(); n++ {
		if n%10 == 0 {
			s := d.Nation.Standing()
			fmt.Fprintf(d.Out, "%3d of %d linked, %d records, %d of them still to come; %s\n", s.Linked, len(d.Nation.Centres), s.Head, s.Behind, what)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-ended:
			ended <- err
			return fmt.Errorf("the nation ended early: %w", err)
		case <-over:
			return nil
		case <-tick.C:
		}
	}
	return nil
}
