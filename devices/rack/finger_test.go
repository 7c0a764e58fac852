package rack

import (
	"context"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"markaz.example/devices/finger"
	"markaz.example/devices/finger/synth"
	"markaz.example/devices/finger/zfm"
	"markaz.example/devices/profile"
)

func TestFingerTellsItsTroubles(t *testing.T) {
	p, err := profile.LoadFinger("../../firmware-configs/finger-zfm-20.toml")
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		sim := &zfm.Sim{Speed: math.Inf(1)}
		life, stop := context.WithCancel(t.Context())
		go sim.Run(life)
		defer stop()
		out := &reports{}
		d := &zfm.Driver{Port: sim, Profile: p}
		capture := func() {
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			if c, err := d.Capture(ctx, finger.Unknown); err == nil {
				c.Wipe()
			}
		}
		during(t, time.Minute, &Rack{Devices: []Device{{"finger-1", Finger{d}}}, Reporter: out}, func() {
			for _, step := range []func(){
				func() { sim.SetMute(true) },
				func() { sim.SetMute(false) },
				func() { sim.SetSensor(true); capture() },
				func() { sim.SetSensor(false); capture() },
				func() {
					sim.Press(1, synth.Wet)
					for range 10 {
						capture()
						time.Sleep(3 * time.Second)
					}
				},
				func() { sim.Press(1, synth.Good); capture() },
			} {
				step()
				time.Sleep(time.Minute)
			}
		})
		want := []string{
			"finger-1:", "finger-1: device.silent", "finger-1:", "finger-1: finger.sensor-broken", "finger-1:",
			"finger-1: finger.sensor-dirty", "finger-1:",
		}
		if diff := cmp.Diff(want, out.codes()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestEveryFingerConditionHasARemedy(t *testing.T) {
	for trouble, want := range map[error]string{
		finger.ErrPassword: "finger.wrong-password", finger.ErrDirty: "finger.sensor-dirty", finger.ErrSensor: "finger.sensor-broken",
	} {
		got := fingerConditions(finger.State{Trouble: trouble})
		if len(got) != 1 || got[0].Code != want || got[0].Remedy == "" {
			t.Errorf("%v: %+v", trouble, got)
		}
	}
	if got := fingerConditions(finger.State{Ready: true}); len(got) != 0 {
		t.Errorf("a reader that is well: %+v", got)
	}
}

// mum is a reader's driver that has nothing to say.
type mum struct{}

func (mum) Run(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }

func (mum) Changes() <-chan finger.State { return make(chan finger.State) }

func TestFingerThatNeverSpeaksIsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &reports{}
		during(t, 5*time.Second, &Rack{Devices: []Device{{"finger-1", Finger{mum{}}}}, Reporter: out}, func() {})
		if diff := cmp.Diff([]string{"finger-1: device.silent"}, out.codes()); diff != "" {
			t.Error(diff)
		}
	})
}
