package scale

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"markaz.example/devices/drivertest"
	"markaz.example/devices/port"
	"markaz.example/devices/profile"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// model is a profile of an infant scale that speaks so.
func model(protocol, talk string) profile.Scale {
	p := profile.Scale{
		Model: "Test", Class: profile.ClassScale, Protocol: protocol, Talk: talk, Use: profile.UseInfant,
		DivisionG: 10, MinG: 1000, MaxG: 20_000, Line: profile.Line{Baud: 9600},
	}
	if protocol == profile.ScaleSeca {
		p.Display = map[string]int{"2": 2}
	}
	return p
}

// repeating are the ways of speaking in which a weight has to be said three times.
var repeating = []struct{ protocol, talk string }{
	{profile.ScaleSICS, profile.TalkRequest},
	{profile.ScaleAnD, profile.TalkStream},
	{profile.ScaleAnD, profile.TalkRequest},
	{profile.ScaleCAS22, profile.TalkStream},
	{profile.ScaleCAS18, profile.TalkStream},
	{profile.ScaleCASEnq, profile.TalkRequest},
	{profile.ScaleSeca, profile.TalkStream},
}

// reads watches until the scale says so many grams and that they may be believed. Any other weight that is called
// believable after the first second is a lie, except the one that stood there before.
func reads(ctx context.Context, d *Driver, grams int64, wait time.Duration) error {
	readings, stop := d.Watch()
	defer stop()
	late := time.After(wait)
	var last Reading
	for {
		select {
		case last = <-readings:
			if last.Stable && last.Grams == grams {
				return nil
			}
		case <-late:
			return fmt.Errorf("no stable %d g in %v; the last was %+v, the scale %+v", grams, wait, last, d.State())
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// suite puts another weight on the pan for every check, so that nothing old can be taken for new.
func suite(t *testing.T, sim *Sim, device port.Opener, p profile.Scale, quick bool) {
	grams := int64(1000)
	drivertest.Run(t, drivertest.Harness{Device: device, New: func(o port.Opener) (drivertest.Driver, func(context.Context) error) {
		d, wait := &Driver{Port: o, Profile: p}, 6*time.Second
		if quick {
			d.Watched, d.Idle, d.Answer, wait = time.Microsecond, time.Microsecond, 30*time.Millisecond, 150*time.Millisecond
		}
		return d, func(ctx context.Context) error {
			grams = 1000 + (grams+1110)%15_000
			sim.Put(grams)
			return reads(ctx, d, grams, wait)
		}
	}})
}

func TestSuiteInMemory(t *testing.T) {
	for _, c := range repeating {
		t.Run(c.protocol+" "+c.talk, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sim := &Sim{Protocol: c.protocol, Talk: c.talk}
				ctx, cancel := context.WithCancel(t.Context())
				var life sync.WaitGroup
				life.Go(func() { sim.Run(ctx) })
				suite(t, sim, sim, model(c.protocol, c.talk), false)
				cancel()
				life.Wait()
			})
		})
	}
}

func TestSuiteOverARealLine(t *testing.T) {
	for _, c := range repeating[:4] { // MT-SICS, both of A&D, CAS: the rest differ from these in the decoder only
		t.Run(c.protocol+" "+c.talk, func(t *testing.T) {
			t.Parallel()
			sim := &Sim{Protocol: c.protocol, Talk: c.talk, Speed: math.Inf(1)}
			ctx, cancel := context.WithCancel(context.Background())
			far, err := port.NewPTY(filepath.Join(t.TempDir(), "scale"))
			if err != nil {
				t.Fatal(err)
			}
			var life sync.WaitGroup
			life.Go(func() { sim.Run(ctx) })
			life.Go(func() { sim.Serve(ctx, far) })
			suite(t, sim, port.Serial{Path: far.Link(), Baud: 9600}, model(c.protocol, c.talk), true)
			cancel()
			life.Wait()
		})
	}
}
