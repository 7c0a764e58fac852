package scale

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"markaz.example/devices/port"
	"markaz.example/devices/profile"
)

// desk is a driver on a simulated scale, in fake time.
type desk struct {
	*testing.T
	sim  *Sim
	d    *Driver
	line *line
}

// line is the wire between them, in the test's hand.
type line struct {
	*Sim
	mu    sync.Mutex
	sent  []string            // what the driver wrote
	spoil func([]byte) []byte // what it hears; nil for all
}

type tap struct {
	io.ReadWriteCloser
	l *line
}

func (l *line) Open(ctx context.Context) (io.ReadWriteCloser, error) {
	c, err := l.Sim.Open(ctx)
	return tap{c, l}, err
}

func (t tap) Write(b []byte) (int, error) {
	t.l.mu.Lock()
	t.l.sent = append(t.l.sent, strings.TrimSpace(string(b)))
	t.l.mu.Unlock()
	return t.ReadWriteCloser.Write(b)
}

func (t tap) Read(b []byte) (int, error) {
	n, err := t.ReadWriteCloser.Read(b)
	t.l.mu.Lock()
	defer t.l.mu.Unlock()
	if err == nil && t.l.spoil != nil {
		n = copy(b, t.l.spoil(b[:n]))
	}
	return n, err
}

func (l *line) count(command string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.sent {
		if s == command {
			n++
		}
	}
	return n
}

// atDesk tells a story with a driver that runs.
func atDesk(t *testing.T, sim *Sim, p profile.Scale, story func(desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := &line{Sim: sim}
		d := desk{t, sim, &Driver{Port: l, Profile: p}, l}
		ctx, cancel := context.WithCancel(t.Context())
		var life sync.WaitGroup
		life.Go(func() { sim.Run(ctx) })
		life.Go(func() { d.d.Run(ctx) })
		time.Sleep(time.Second)
		story(d)
		cancel()
		life.Wait()
	})
}

// everyDialect tells it with each that repeats itself.
func everyDialect(t *testing.T, story func(desk)) {
	for _, c := range repeating {
		t.Run(c.protocol+" "+c.talk, func(t *testing.T) {
			atDesk(t, &Sim{Protocol: c.protocol, Talk: c.talk}, model(c.protocol, c.talk), story)
		})
	}
}

// see collects what is published in a while.
func (d desk) see(wait time.Duration) (all []Reading) {
	readings, stop := d.d.Watch()
	defer stop()
	for late := time.After(wait); ; {
		select {
		case r := <-readings:
			all = append(all, r)
		case <-late:
			return all
		}
	}
}

func stable(all []Reading) (n int) {
	for _, r := range all {
		if r.Stable {
			n++
		}
	}
	return n
}

func TestMovingChildIsNeverStable(t *testing.T) {
	everyDialect(t, func(d desk) {
		d.sim.Put(4250)
		d.sim.Wriggle(true)
		d.see(time.Second)
		if all := d.see(20 * time.Second); len(all) == 0 || stable(all) > 0 {
			d.Errorf("%d readings, %d of them stable", len(all), stable(all))
		}
		d.sim.Wriggle(false)
		if err := reads(d.Context(), d.d, 4250, 6*time.Second); err != nil {
			d.Error(err)
		}
	})
}

// A pan that swings to rest is not believed on its way there.
func TestNoStableWeightBeforeRest(t *testing.T) {
	everyDialect(t, func(d desk) {
		for _, grams := range []int64{2000, 17_990, 0, 3210} {
			d.sim.Put(grams)
			for _, r := range d.see(8 * time.Second)[1:] {
				if r.Stable && r.Grams != grams {
					d.Errorf("stable at %d g on the way to %d", r.Grams, grams)
				}
			}
			if r, ok := d.d.Latest(); !ok || !r.Stable || r.Grams != grams {
				d.Errorf("%+v, %v after 8 s of %d g", r, ok, grams)
			}
		}
	})
}

func TestAskedOftenOnlyWhileWatched(t *testing.T) {
	atDesk(t, &Sim{}, model(profile.ScaleSICS, profile.TalkRequest), func(d desk) {
		before := d.line.count("SI")
		time.Sleep(20 * time.Second)
		idle := d.line.count("SI") - before
		d.see(20 * time.Second)
		watched := d.line.count("SI") - before - idle
		if idle < 9 || idle > 11 || watched < 90 || watched > 101 {
			d.Errorf("asked %d times in 20 s of idleness, %d times in 20 s of watching", idle, watched)
		}
	})
}

func TestZeroAndTare(t *testing.T) {
	for _, c := range []struct {
		name  string
		sim   *Sim
		talk  string
		do    func(*Sim)
		order func(*Driver, context.Context) error
		want  error
		then  int64 // grams shown afterwards
	}{
		{"zero", &Sim{}, "", func(s *Sim) { s.Drift(40) }, (*Driver).Zero, nil, 0},
		{"zero while moving", &Sim{}, "", func(s *Sim) { s.Wriggle(true) }, (*Driver).Zero, ErrUnrest, 0},
		{"zero with a child", &Sim{}, "", func(s *Sim) { s.Put(4250) }, (*Driver).Zero, ErrRange, 4250},
		{"zero without pan", &Sim{}, "", func(s *Sim) { s.Put(-900) }, (*Driver).Zero, ErrRange, 0},
		{"tare", &Sim{}, "", func(s *Sim) { s.Put(520) }, (*Driver).Tare, nil, 0},
		{"tare without pan", &Sim{}, "", func(s *Sim) { s.Put(-900) }, (*Driver).Tare, ErrRange, 0},
		{"order when off", &Sim{}, "", func(s *Sim) { s.SetPower(false) }, (*Driver).Zero, ErrNoAnswer, 0},
		{"a&d zero", &Sim{Protocol: profile.ScaleAnD}, "", func(s *Sim) { s.Drift(40) }, (*Driver).Zero, nil, 0},
		{"a&d zero without acknowledgement", &Sim{Protocol: profile.ScaleAnD, Silent: true}, "", func(s *Sim) { s.Drift(40) }, (*Driver).Zero, nil, 0},
		{"a&d asked", &Sim{Protocol: profile.ScaleAnD, Talk: profile.TalkRequest}, profile.TalkRequest, func(s *Sim) { s.Put(520) }, (*Driver).Tare, nil, 0},
		{"a&d with a child", &Sim{Protocol: profile.ScaleAnD}, "", func(s *Sim) { s.Put(4250) }, (*Driver).Zero, &RefusedError{"Z", "E17"}, 4250},
		{"a&d while moving", &Sim{Protocol: profile.ScaleAnD}, "", func(s *Sim) { s.Wriggle(true) }, (*Driver).Zero, ErrUnrest, 0},
		{"a&d off", &Sim{Protocol: profile.ScaleAnD}, "", func(s *Sim) { s.SetPower(false) }, (*Driver).Zero, ErrNoAnswer, 0},
		{"cas", &Sim{Protocol: profile.ScaleCAS22}, "", func(s *Sim) {}, (*Driver).Zero, ErrAtKeys, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := model(profile.ScaleSICS, profile.TalkRequest)
			if c.sim.Protocol != "" {
				p = model(c.sim.Protocol, simTalks[c.sim.Protocol])
			}
			if c.talk != "" {
				p.Talk = c.talk
			}
			atDesk(t, c.sim, p, func(d desk) {
				c.do(d.sim)
				time.Sleep(3 * time.Second)
				err := c.order(d.d, d.Context())
				var refused *RefusedError
				if errors.As(err, &refused) {
					if diff := cmp.Diff(c.want, error(refused)); diff != "" {
						d.Error(diff)
					}
				} else if !errors.Is(err, c.want) {
					d.Errorf("%v, want %v", err, c.want)
				}
				d.sim.Wriggle(false)
				d.sim.SetPower(true)
				time.Sleep(8 * time.Second)
				if g, _ := d.sim.Shows(); g != c.then {
					d.Errorf("the display says %d g, want %d", g, c.then)
				}
				if r, ok := d.d.Latest(); !ok || r.Status.weighs() && r.Grams != c.then {
					d.Errorf("the driver says %+v, %v, want %d g", r, ok, c.then)
				}
			})
		})
	}
}

func TestOrdersWithoutScale(t *testing.T) {
	d := &Driver{Profile: model(profile.ScaleSICS, profile.TalkRequest)}
	if err := d.Zero(t.Context()); !errors.Is(err, ErrNotRunning) {
		t.Errorf("Zero: %v", err)
	}
	if _, ok := d.Latest(); ok {
		t.Error("there is a weight without a scale")
	}
	if err := (&Driver{}).Run(t.Context()); err == nil {
		t.Error("a driver without a profile runs")
	}
}

// A driver that ended has no weight, no state and takes no orders; one that runs does not run twice.
func TestEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := &Sim{}
		d := &Driver{Port: sim, Profile: model(profile.ScaleSICS, profile.TalkRequest)}
		ctx, cancel := context.WithCancel(t.Context())
		running, stop := context.WithCancel(ctx)
		var life sync.WaitGroup
		life.Go(func() { sim.Run(ctx) })
		life.Go(func() { d.Run(running) })
		time.Sleep(3 * time.Second)
		if err := d.Run(ctx); !errors.Is(err, ErrRunning) {
			t.Errorf("a second Run: %v", err)
		}
		if _, ok := d.Latest(); !ok || !d.State().Known || d.Serial() == "" {
			t.Errorf("after 3 s: %+v", d.State())
		}
		heard := d.State().Heard
		stop()
		time.Sleep(time.Second)
		if r, ok := d.Latest(); ok || !d.State().same(State{}) || d.State().Heard != heard {
			t.Errorf("%+v and %+v after the end", r, d.State())
		}
		if err := d.Tare(ctx); !errors.Is(err, ErrNotRunning) {
			t.Errorf("Tare: %v", err)
		}
		cancel()
		life.Wait()
	})
}

func TestIdentifyAndShow(t *testing.T) {
	atDesk(t, &Sim{}, model(profile.ScaleSICS, profile.TalkRequest), func(d desk) {
		got, err := d.d.Identify(d.Context())
		want := Identity{Levels: `"01" "2.20" "2.20" "" ""`, Type: "SIMULATED 20.000 kg", Software: "1.00 0.0.0.0.0", Serial: "B234567890"}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			d.Errorf("%v (-want +got):\n%s", err, diff)
		}
		if err := d.d.Show(d.Context(), "OK"); err != nil || d.sim.Text() != "OK" {
			d.Errorf("%v, the display says %q", err, d.sim.Text())
		}
		if err := d.d.Show(d.Context(), ""); err != nil || d.sim.Text() != "" {
			d.Errorf("%v, the display says %q", err, d.sim.Text())
		}
		for _, text := range []string{"TOO LONG TEXT", `a"b`, "a\r\nZ", "سیر"} {
			if err := d.d.Show(d.Context(), text); !errors.Is(err, ErrFormat) {
				d.Errorf("%q: %v", text, err)
			}
		}
		d.sim.Put(520)
		time.Sleep(3 * time.Second)
		if err := d.d.Tare(d.Context()); err != nil {
			d.Error(err)
		}
		if err := d.d.ClearTare(d.Context()); err != nil {
			d.Error(err)
		}
		if err := reads(d.Context(), d.d, 520, 5*time.Second); err != nil {
			d.Error(err)
		}
		d.sim.Deaf(1)
		if err := d.d.ClearTare(d.Context()); err == nil || err.Error() != (&RefusedError{"TAC", "ET"}).Error() {
			d.Error(err)
		}
		d.sim.SetPower(false)
		if _, err := d.d.Identify(d.Context()); !errors.Is(err, ErrNoAnswer) {
			d.Errorf("switched off: %v", err)
		}
	})
	atDesk(t, &Sim{Protocol: profile.ScaleAnD}, model(profile.ScaleAnD, profile.TalkStream), func(d desk) {
		_, err := d.d.Identify(d.Context())
		if !errors.Is(err, ErrAtKeys) || !errors.Is(d.d.Show(d.Context(), "OK"), ErrAtKeys) || !errors.Is(d.d.ClearTare(d.Context()), ErrAtKeys) {
			d.Errorf("a scale that has no such commands: %v", err)
		}
	})
}

// Whoever gives an order may lose patience; the scale's session goes on.
func TestImpatience(t *testing.T) {
	atDesk(t, &Sim{}, model(profile.ScaleSICS, profile.TalkRequest), func(d desk) {
		d.sim.Wriggle(true)
		ctx, cancel := context.WithTimeout(d.Context(), time.Second)
		defer cancel()
		if err := d.d.Zero(ctx); !errors.Is(err, context.DeadlineExceeded) {
			d.Errorf("Zero: %v", err)
		}
		d.sim.Put(300) // which the scale would zero if it still meant to
		d.sim.Wriggle(false)
		if err := reads(d.Context(), d.d, 300, 12*time.Second); err != nil {
			d.Error(err)
		}
	})
}

func TestDriftIsNoticedAndZeroCuresIt(t *testing.T) {
	everyDialect(t, func(d desk) {
		for _, c := range []struct {
			drift, load int64
			want        bool
		}{{20, 0, false}, {30, 0, true}, {0, 0, false}, {-30, 0, true}, {20, 4000, false}, {100, 0, true}, {110, 0, false}} {
			d.sim.Drift(c.drift)
			d.sim.Put(c.load)
			time.Sleep(4 * time.Second)
			if c.want && d.d.State().Drift && c.drift == 30 {
				d.Errorf("drift of %d g is called one after 4 s", c.drift)
			}
			time.Sleep(8 * time.Second)
			if got := d.d.State().Drift; got != c.want {
				d.Errorf("drift %d g, load %d g: %v", c.drift, c.load, got)
			}
		}
		d.sim.Drift(50)
		time.Sleep(10 * time.Second)
		if err := d.d.Zero(d.Context()); errors.Is(err, ErrAtKeys) {
			return
		} else if err != nil {
			d.Error(err)
		}
		time.Sleep(4 * time.Second)
		if d.d.State().Drift {
			d.Error("still drifted after zeroing")
		}
	})
}

func TestWhatTheScaleTells(t *testing.T) {
	for _, c := range []struct {
		name string
		sim  *Sim
		do   func(*Sim)
		want State
	}{
		{"well", &Sim{}, func(*Sim) {}, State{Known: true, Serial: "B234567890"}},
		{"pounds", &Sim{}, func(s *Sim) { s.Put(4250); s.Unit(Pound) }, State{Known: true, Serial: "B234567890", Unit: ErrImperial}},
		{"busy", &Sim{}, func(s *Sim) { s.Busy(true) }, State{Known: true, Serial: "B234567890", Fault: errBusy}},
		{"deaf", &Sim{}, func(s *Sim) { s.Deaf(1000) }, State{Known: true, Serial: "B234567890", Fault: &RefusedError{"SI", "ET"}}},
		{"battery", &Sim{Protocol: profile.ScaleSeca}, func(s *Sim) { s.Battery(true) }, State{Known: true, BatteryLow: true}},
		{"no weight at seca", &Sim{Protocol: profile.ScaleSeca}, func(s *Sim) { s.Put(90_000) }, State{Known: true, Fault: errBusy}},
		{"tanita before the first", &Sim{Protocol: profile.ScaleTanita}, func(*Sim) {}, State{Known: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := model(profile.ScaleSICS, profile.TalkRequest)
			if c.sim.Protocol != "" {
				p = model(c.sim.Protocol, simTalks[c.sim.Protocol])
			}
			atDesk(t, c.sim, p, func(d desk) {
				c.do(d.sim)
				time.Sleep(20 * time.Second)
				if got := d.d.State(); !got.same(c.want) {
					d.Errorf("got  %+v\nwant %+v", got, c.want)
				}
			})
		})
	}
}

// A line without a unit, or without a word for stable, is a trouble with a name and never a weight.
func TestLinesThatMustNotBeGuessed(t *testing.T) {
	for protocol, c := range map[string]struct {
		line string
		want error
	}{
		profile.ScaleSICS:  {"S S       4.25\r\n", ErrUnit},
		profile.ScaleAnD:   {"ST,+00004.25   \r\n", ErrUnit},
		profile.ScaleCAS22: {"    4.25\r\n", ErrBare},
	} {
		atDesk(t, &Sim{Protocol: protocol}, model(protocol, simTalks[protocol]), func(d desk) {
			d.line.mu.Lock()
			d.line.spoil = func([]byte) []byte { return []byte(c.line) }
			d.line.mu.Unlock()
			time.Sleep(time.Second)
			all := d.see(5 * time.Second)
			if st := d.d.State(); len(all) > 0 || !errors.Is(st.Unit, c.want) || st.Line != nil {
				d.Errorf("%s: %+v, state %+v", protocol, all, st)
			}
		})
	}
}

// A scale in its menu says who it is and gives no weight: that is no silence, and still has a name within 10 s.
func TestScaleThatGivesNoWeight(t *testing.T) {
	atDesk(t, &Sim{}, model(profile.ScaleSICS, profile.TalkRequest), func(d desk) {
		d.line.mu.Lock()
		d.line.spoil = func(b []byte) []byte {
			if bytes.HasPrefix(b, []byte("S ")) {
				return nil
			}
			return b
		}
		d.line.mu.Unlock()
		time.Sleep(10 * time.Second)
		if st := d.d.State(); !errors.Is(st.Fault, errNoWeight) || st.Line != nil {
			d.Errorf("%+v", st)
		}
	})
}

func TestOnceAWeighing(t *testing.T) {
	for _, protocol := range []string{profile.ScaleTanita, profile.ScaleRiceLake} {
		atDesk(t, &Sim{Protocol: protocol}, model(protocol, profile.TalkOnce), func(d desk) {
			for _, grams := range []int64{3970, 4010} {
				d.sim.Put(grams)
				all := d.see(10 * time.Second)
				if len(all) != 1 || !all[0].Stable || all[0].Grams != grams {
					d.Errorf("%s: %+v, want one stable %d g", protocol, all, grams)
				}
			}
			time.Sleep(time.Minute)
			if st := d.d.State(); !st.Known || st.Line != nil {
				d.Errorf("%s: %+v: its silence is no trouble", protocol, st)
			}
		})
	}
}

func TestBadLinesCostOnlyThemselves(t *testing.T) {
	everyDialect(t, func(d desk) {
		for name, harm := range map[string]func(){
			"split":          func() { d.sim.Split(60 * time.Millisecond) },
			"joined":         func() { d.sim.Split(0); d.sim.Join(1) },
			"slow":           func() { d.sim.Slow(300 * time.Millisecond) },
			"garbage":        func() { d.sim.Slow(0); d.sim.Garble([]byte("\x00\xffS S 9.99 kg\r\nST,+09")) },
			"power mid-line": func() { d.sim.CutPower(7); time.Sleep(3 * time.Second); d.sim.SetPower(true) },
		} {
			d.sim.Put(4250)
			harm()
			if err := reads(d.Context(), d.d, 4250, 15*time.Second); err != nil {
				d.Errorf("%s: %v", name, err)
			}
			d.sim.Split(0)
			d.sim.Slow(0)
			d.sim.Put(0)
			time.Sleep(5 * time.Second)
		}
	})
}

// A stream whose lines come in bundles gives the newest, and every one is read.
func TestJoinedLines(t *testing.T) {
	atDesk(t, &Sim{Protocol: profile.ScaleAnD}, model(profile.ScaleAnD, profile.TalkStream), func(d desk) {
		d.sim.Join(7)
		d.sim.Put(4250)
		if err := reads(d.Context(), d.d, 4250, 6*time.Second); err != nil {
			d.Error(err)
		}
	})
}

// Bytes are lost, as the line's parity check makes it: no weight that was not on the pan may be believed. The control:
// a decoder's word alone would have been wrong.
func TestLostBytesMakeNoWeight(t *testing.T) {
	lies := 0
	for seed := range uint64(10) {
		everyDialect(t, func(d desk) {
			random := rand.New(rand.NewPCG(seed, 3))
			speech := speech(d, d.d.Profile.Protocol)
			d.sim.Put(12_340)
			time.Sleep(5 * time.Second)
			d.line.mu.Lock()
			d.line.spoil = func(b []byte) (kept []byte) {
				for _, c := range b {
					if random.IntN(20) > 0 {
						kept = append(kept, c)
					}
				}
				whole(speech, kept, func(m message) {
					if m.reading.Stable && m.reading.Grams != 12_340 {
						lies++
					}
				})
				return kept
			}
			d.line.mu.Unlock()
			for _, r := range d.see(30 * time.Second) {
				if r.Stable && r.Grams != 12_340 {
					d.Errorf("seed %d: %+v was believed", seed, r)
				}
			}
		})
	}
	if lies == 0 {
		t.Error("the control: no line that lost a byte was misread, so this test shows nothing")
	}
}

func TestApply(t *testing.T) {
	wanted := profile.ScaleFirmware{Unit: "kg", Environment: "unstable", AutoZero: "on"}
	for _, c := range []struct {
		name string
		sim  *Sim
		want []profile.Setting
	}{
		{"taken", &Sim{}, []profile.Setting{
			{Key: "firmware.unit", Want: "kg", Was: "kg", Now: "kg"},
			{Key: "firmware.environment", Want: "unstable", Was: "standard", Now: "unstable"},
			{Key: "firmware.auto_zero", Want: "on", Was: "off", Now: "on"},
		}},
		{"levels 0 and 1 only", &Sim{Basic: true}, []profile.Setting{
			{Key: "firmware.unit", Want: "kg", Err: &RefusedError{"M21", "ES"}},
			{Key: "firmware.environment", Want: "unstable", Err: &RefusedError{"M02", "ES"}},
			{Key: "firmware.auto_zero", Want: "on", Err: &RefusedError{"M03", "ES"}},
		}},
	} {
		p := model(profile.ScaleSICS, profile.TalkRequest)
		p.Firmware = wanted
		atDesk(t, c.sim, p, func(d desk) {
			got, err := d.d.Apply(d.Context())
			if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
				d.Errorf("%s: %v (-want +got):\n%s", c.name, err, diff)
			}
			if err := reads(d.Context(), d.d, 0, 5*time.Second); err != nil {
				d.Error(err)
			}
		})
	}
}

func TestSettingsThatAreNotKept(t *testing.T) {
	p := model(profile.ScaleSICS, profile.TalkRequest)
	p.Firmware.AutoZero = "on"
	atDesk(t, &Sim{}, p, func(d desk) {
		d.line.mu.Lock()
		d.line.spoil = func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("M03 A 1"), []byte("M03 A 0")) }
		d.line.mu.Unlock()
		got, err := d.d.Apply(d.Context())
		if err != nil || len(got) != 1 || !errors.Is(got[0].Err, errNotTaken) {
			d.Errorf("%+v, %v", got, err)
		}
	})
}

// Changes never holds a state that is older than the newest, whoever reads late.
func TestChangesEndsWithTheNewest(t *testing.T) {
	atDesk(t, &Sim{}, model(profile.ScaleSICS, profile.TalkRequest), func(d desk) {
		changes := d.d.Changes()
		for range 3 {
			d.sim.Put(25_000)
			time.Sleep(5 * time.Second)
			d.sim.Put(0)
			time.Sleep(5 * time.Second)
		}
		if st := <-changes; !st.same(d.d.State()) || st.Overload {
			d.Errorf("%+v, the state is %+v", st, d.d.State())
		}
		select {
		case st := <-changes:
			d.Errorf("another: %+v", st)
		default:
		}
	})
}

func TestSettler(t *testing.T) {
	at := func(grams int64, unit Unit, decimals int, stable bool) Reading {
		return Reading{Grams: grams, Unit: unit, Decimals: decimals, Stable: stable, Status: OK}
	}
	same := at(4250, Kilogram, 2, true)
	for name, c := range map[string]struct {
		run  []Reading
		want bool
	}{
		"three":                    {[]Reading{same, same, same}, true},
		"two":                      {[]Reading{same, same}, false},
		"one moves":                {[]Reading{same, same, at(4250, Kilogram, 2, false), same}, false},
		"a division of play":       {[]Reading{same, at(4260, Kilogram, 2, true), same}, true},
		"two divisions":            {[]Reading{same, at(4270, Kilogram, 2, true), same}, false},
		"creeping":                 {[]Reading{same, at(4260, Kilogram, 2, true), at(4270, Kilogram, 2, true)}, false},
		"another unit":             {[]Reading{same, at(4250, Pound, 2, true), same}, false},
		"another number of digits": {[]Reading{same, at(4250, Kilogram, 1, true), same}, false},
	} {
		var s settler
		got := false
		for _, r := range c.run {
			got = s.settled(r, 10, runsSettled)
		}
		if got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Every second line comes without its end: the others are read.
func TestCutLineCostsOnlyItself(t *testing.T) {
	for _, c := range repeating[1:2] {
		atDesk(t, &Sim{Protocol: c.protocol, Talk: c.talk}, model(c.protocol, c.talk), func(d desk) {
			odd := false
			d.line.mu.Lock()
			d.line.spoil = func(b []byte) []byte {
				if odd = !odd; odd {
					return b[:len(b)/2]
				}
				return b
			}
			d.line.mu.Unlock()
			time.Sleep(time.Second) // the run from before
			if all := d.see(10 * time.Second); len(all) < 45 || stable(all) > 0 {
				d.Errorf("%d readings of some 50 whole lines, %d of them called stable next to cut ones", len(all), stable(all))
			}
		})
	}
}

// A line that lacks its unit breaks a run of equal weights like any other strange one.
func TestUnitLostInARun(t *testing.T) {
	atDesk(t, &Sim{Protocol: profile.ScaleAnD}, model(profile.ScaleAnD, profile.TalkStream), func(d desk) {
		n := 0
		d.line.mu.Lock()
		d.line.spoil = func(b []byte) []byte {
			if n++; n%3 == 0 {
				return bytes.ReplaceAll(b, []byte(" kg"), []byte("   "))
			}
			return b
		}
		d.line.mu.Unlock()
		time.Sleep(time.Second) // the run from before
		if all := d.see(10 * time.Second); len(all) < 50 || stable(all) > 0 {
			d.Errorf("%d readings, %d of them stable", len(all), stable(all))
		}
	})
}

// A scale that does not answer is cancelled before it is asked again.
func TestCancelAfterSilence(t *testing.T) {
	atDesk(t, &Sim{}, model(profile.ScaleSICS, profile.TalkRequest), func(d desk) {
		if n := d.line.count("@"); n != 0 {
			d.Errorf("a scale that answers was cancelled %d times", n)
		}
		d.sim.SetPower(false)
		time.Sleep(10 * time.Second)
		asked, cancelled := d.line.count("SI"), d.line.count("@")
		time.Sleep(10 * time.Second)
		if n := d.line.count("@") - cancelled; n < 4 || d.line.count("SI") != asked {
			d.Errorf("cancelled %d times in 10 s, and asked for weights in between", n)
		}
	})
}

var _ port.Opener = (*Sim)(nil)
