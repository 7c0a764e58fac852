package rack

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/devices/port"
	"markaz.example/devices/profile"
	"markaz.example/devices/scale"
)

func TestScaleConditions(t *testing.T) {
	for _, c := range []struct {
		state scale.State
		want  []string
	}{
		{scale.State{Known: true}, nil},
		{scale.State{Line: port.ErrSilent, Drift: true}, []string{"device.silent"}},
		{scale.State{Line: port.ErrBabble}, []string{"device.babbles"}},
		{scale.State{Line: port.ErrHalf}, []string{"device.half-answer"}},
		{scale.State{Known: true, Overload: true, BatteryLow: true}, []string{"scale.overload", "scale.battery-low"}},
		{scale.State{Known: true, Underload: true}, []string{"scale.underload"}},
		{scale.State{Known: true, Drift: true}, []string{"scale.drift"}},
		{scale.State{Known: true, Unit: scale.ErrUnit}, []string{"scale.unit"}},
		{scale.State{Known: true, Fault: scale.ErrUnrest}, []string{"scale.fault"}},
	} {
		got := scaleConditions(c.state)
		if !slices.EqualFunc(got, c.want, func(a Condition, b string) bool { return a.Code == b }) {
			t.Errorf("%+v: %+v, want %q", c.state, got, c.want)
		}
		for _, g := range got {
			if g.Remedy == "" {
				t.Errorf("%s has no remedy", g.Code)
			}
		}
	}
	if unitSeverity(scale.ErrImperial) != Warning || unitSeverity(scale.ErrUnit) != Fault {
		t.Error("pounds and no unit at all weigh the same")
	}
}

// diary is a reporter that keeps the last word.
type diary struct {
	mu  sync.Mutex
	now []Condition
}

func (d *diary) Report(_ string, now []Condition) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = now
}

func (d *diary) codes() (codes []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.now {
		codes = append(codes, c.Code)
	}
	return codes
}

// A scale that falls silent, sends noise or cuts its answers short is named within 5 s, and needs no restart.
func TestScaleInTroubleIsNamedWithin5s(t *testing.T) {
	for _, c := range []struct {
		protocol, talk string
		harm, heal     func(*scale.Sim)
		want           string
	}{
		{profile.ScaleSICS, profile.TalkRequest, off, on, "device.silent"},
		{profile.ScaleAnD, profile.TalkStream, off, on, "device.silent"},
		{profile.ScaleSICS, profile.TalkRequest, babble, hush, "device.babbles"},
		{profile.ScaleAnD, profile.TalkStream, babble, hush, "device.babbles"},
		{profile.ScaleSICS, profile.TalkRequest, halve, whole, "device.half-answer"},
		{profile.ScaleAnD, profile.TalkStream, halve, whole, "device.half-answer"},
		{profile.ScaleSICS, profile.TalkRequest, pounds, kilograms, "scale.unit"},
		{profile.ScaleSICS, profile.TalkRequest, lift, putBack, "scale.underload"},
		{profile.ScaleAnD, profile.TalkRequest, heavy, putBack, "scale.overload"},
		{profile.ScaleCAS22, profile.TalkStream, heavy, putBack, "scale.overload"},
	} {
		synctest.Test(t, func(t *testing.T) {
			sim := &scale.Sim{Protocol: c.protocol, Talk: c.talk}
			d := &scale.Driver{Port: sim, Profile: profile.Scale{
				Model: "Test", Class: profile.ClassScale, Protocol: c.protocol, Talk: c.talk, Use: profile.UseInfant,
				DivisionG: 10, MinG: 1000, MaxG: 20_000, Line: profile.Line{Baud: 9600},
			}}
			told := &diary{}
			r := &Rack{Devices: []Device{{"scale-1", Scale{d}}}, Reporter: told}
			ctx, cancel := context.WithCancel(t.Context())
			var life sync.WaitGroup
			life.Go(func() { sim.Run(ctx) })
			life.Go(func() { r.Run(ctx) })
			for _, step := range []struct {
				do   func(*scale.Sim)
				want []string
			}{{putBack, nil}, {c.harm, []string{c.want}}, {c.heal, nil}} {
				step.do(sim)
				time.Sleep(5 * time.Second)
				if got := told.codes(); !slices.Equal(got, step.want) {
					t.Errorf("%s %s: %q, want %q", c.protocol, c.talk, got, step.want)
				}
			}
			cancel()
			life.Wait()
		})
	}
}

func off(s *scale.Sim)       { s.SetPower(false) }
func on(s *scale.Sim)        { s.SetPower(true) }
func babble(s *scale.Sim)    { s.Babble(true) }
func hush(s *scale.Sim)      { s.Babble(false) }
func halve(s *scale.Sim)     { s.Halve(true) }
func whole(s *scale.Sim)     { s.Halve(false) }
func pounds(s *scale.Sim)    { s.Put(5000); s.Unit(scale.Pound) }
func kilograms(s *scale.Sim) { s.Unit(scale.Kilogram) }
func lift(s *scale.Sim)      { s.Put(-500) }
func heavy(s *scale.Sim)     { s.Put(25_000) }
func putBack(s *scale.Sim)   { s.Put(0) }
