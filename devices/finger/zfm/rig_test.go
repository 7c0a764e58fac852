package zfm

import (
	"context"
	"errors"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"markaz.example/devices/finger"
	"markaz.example/devices/finger/synth"
	"markaz.example/devices/profile"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func model() profile.Finger {
	return profile.Finger{
		Model: "test", Class: profile.ClassFinger, Protocol: profile.ProtocolZFM, QualityMin: 40,
		Picture: profile.FingerPicture{Width: 256, Height: 288, DPI: 500}, Line: profile.Line{Baud: 57600},
		Firmware: profile.FingerFirmware{Security: 4, PacketBytes: 256, Baud: 57600},
	}
}

// rig is a driver and a simulated module, both running, the driver restarted as rack would.
type rig struct {
	t   *testing.T
	sim *Sim
	d   *Driver

	base context.Context // ends with the story
}

// inBubble runs a story in fake time over a cable made of memory. set changes driver and module before they start.
func inBubble(t *testing.T, set func(r *rig), story func(r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &rig{t: t, sim: &Sim{}, d: &Driver{Profile: model()}}
		r.d.Port = r.sim
		if set != nil {
			set(r)
		}
		ctx, cancel := context.WithCancel(context.Background())
		r.base = ctx
		var parts sync.WaitGroup
		parts.Go(func() { r.sim.Run(ctx) })
		parts.Go(func() {
			for ctx.Err() == nil {
				r.d.Run(ctx)
				sleep(ctx, 10*time.Millisecond)
			}
		})
		defer func() { cancel(); parts.Wait() }()
		r.ready()
		story(r)
	})
}

func fast(r *rig) { r.sim.Speed = math.Inf(1) }

// small is a sensor whose picture has 36 packets.
func small(r *rig) {
	fast(r)
	r.sim.Shape = synth.Shape{Width: 96, Height: 96, DPI: 500}
	r.d.Profile.Picture = profile.FingerPicture{Width: 96, Height: 96, DPI: 500}
}

func extras(r *rig) { fast(r); r.sim.Extras = true }

func (r *rig) ready() {
	r.t.Helper()
	for range 3000 {
		if r.d.State().Ready {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	r.t.Fatalf("never ready: %+v", r.d.State())
}

// is fails the test unless err is what is wanted; nil wants none.
func (r *rig) is(what string, err, want error) {
	r.t.Helper()
	if (want == nil) != (err == nil) || want != nil && !errors.Is(err, want) {
		r.t.Errorf("%s: %v, want %v", what, err, want)
	}
}

func (r *rig) within(d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(r.base, d)
	context.AfterFunc(ctx, cancel)
	return ctx
}

func (r *rig) ctx() context.Context { return r.within(time.Minute) }

// enrol makes a template of a finger's two presses.
func (r *rig) enrol(first, second int64) (Template, error) {
	return r.d.Enrol(r.ctx(), r.person(first, second))
}

// person does what the steps ask for, a little later.
func (r *rig) person(first, second int64) func(Step) {
	return func(s Step) {
		go func() {
			time.Sleep(300 * time.Millisecond)
			switch s {
			case Press:
				r.sim.Press(first, synth.Good)
			case Lift:
				r.sim.Lift()
			case Again:
				r.sim.Press(second, synth.Good)
			}
		}()
	}
}

func (r *rig) mustEnrol(seed int64) Template {
	r.t.Helper()
	t, err := r.enrol(seed, seed)
	if err != nil {
		r.t.Fatal(err)
	}
	r.sim.Lift()
	return t
}

// settled waits until a state is so.
func (r *rig) settled(what string, so func(finger.State) bool) time.Duration {
	r.t.Helper()
	began := time.Now()
	for range 2000 {
		if so(r.d.State()) {
			return time.Since(began)
		}
		time.Sleep(10 * time.Millisecond)
	}
	r.t.Fatalf("%s: still %+v", what, r.d.State())
	return 0
}
