package rack

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"markaz.example/devices/finger"
	"markaz.example/devices/finger/sbi"
	"markaz.example/devices/finger/uru"
	"markaz.example/devices/port"
)

var _ FingerDriver = (*sbi.Driver)(nil)

func TestUSBFingerTellsItsTroubles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := &uru.Sim{}
		out := &reports{}
		during(t, time.Minute, &Rack{Devices: []Device{{"finger-1", Finger{&uru.Driver{USB: sim}}}}, Reporter: out}, func() {
			for _, step := range []func(on bool){
				sim.SetMute, sim.SetHalf, sim.SetStrange, sim.SetBabble,
				func(out bool) { sim.SetPlugged(!out) },
				func(deaf bool) { sim.SetDeaf(deaf); sim.Pull() },
			} {
				step(true)
				time.Sleep(30 * time.Second)
				step(false)
				time.Sleep(30 * time.Second)
			}
		})
		want := []string{
			"finger-1:", "finger-1: device.silent", "finger-1:", "finger-1: device.half-answer", "finger-1:",
			"finger-1: device.babbles", "finger-1:", "finger-1: device.babbles", "finger-1:",
			"finger-1: device.disconnected", "finger-1:",
			"finger-1: device.disconnected", "finger-1: finger.sensor-broken", "finger-1: device.disconnected", "finger-1:",
		}
		if diff := cmp.Diff(want, out.codes()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestCertifiedFingerConditions(t *testing.T) {
	for trouble, want := range map[error]string{
		finger.ErrRegister: "finger.not-registered", finger.ErrTamper: "finger.tampered", sbi.ErrChain: "finger.not-trusted",
		finger.ErrClock: "finger.wrong-clock", sbi.ErrOther: "finger.busy", &sbi.DeviceError{Code: 555}: "finger.sensor-broken",
	} {
		got := fingerConditions(finger.State{Trouble: fmt.Errorf("capture: %w", trouble)})
		if len(got) != 1 || got[0].Code != want || got[0].Remedy == "" {
			t.Errorf("%v: %+v", trouble, got)
		}
	}
	if !errors.Is(sbi.ErrOther, port.ErrBusy) {
		t.Error("a busy reader is not busy")
	}
}
