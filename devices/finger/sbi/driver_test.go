package sbi

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"log/slog"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/devices/finger"
	"markaz.example/devices/port"
)

func TestCapture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t)
		if s := r.driver.State(); !s.Ready {
			t.Fatalf("%+v", s)
		}
		time.AfterFunc(5*time.Second, func() { r.sim.Press(1) })
		c, err := r.take(20 * time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if c.Quality != 80 || c.Position != finger.RightIndex || c.Picture != nil || strings.Count(string(c.Signed), ".") != 2 {
			t.Errorf("quality %d of %v, %d bytes signed", c.Quality, c.Position, len(c.Signed))
		}
		var said claims
		if err := (judge{roots: r.driver.Roots, now: time.Now}).open(string(c.Signed), &said); err != nil {
			t.Errorf("what is passed on does not verify: %v", err)
		}
		if !bytes.Equal(said.BioValue, record(1, 1)) || said.BioSubType != "Right IndexFinger" {
			t.Error("another finger is passed on")
		}
		c.Wipe()
		if bytes.ContainsFunc(c.Signed, func(r rune) bool { return r != 0 }) {
			t.Error("not wiped")
		}
		if s := r.driver.State(); !s.Ready {
			t.Errorf("after a capture: %+v", s)
		}
		if _, err := r.take(20 * time.Second); err != nil {
			t.Errorf("the next at once: %v", err)
		}
		r.stop()
	})
}

// The captures of a transaction hang together; one that is refused is no link.
func TestTransaction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t)
		r.sim.Press(1)
		tx, err := r.driver.Begin("VISIT-0001")
		if err != nil {
			t.Fatal(err)
		}
		hash := firstHash()
		for i, p := range []finger.Position{finger.RightThumb, finger.LeftThumb, finger.LeftLittle} {
			r.sim.SetScore(10)
			if _, err := tx.Capture(t.Context(), p); !errors.Is(err, finger.ErrPoor) || tx.last != hash {
				t.Errorf("capture %d of poor quality: %v, last %s", i, err, tx.last)
			}
			r.sim.SetScore(80)
			if _, err := tx.Capture(t.Context(), p); err != nil || tx.last == hash {
				t.Errorf("capture %d: %v", i, err)
			}
			hash = tx.last
		}
		r.stop()
	})
}

// What SHA-256 and the joining of bytes give, worked out with another program (sha256sum, xxd).
func TestLink(t *testing.T) {
	const first = "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"
	if got := firstHash(); got != first {
		t.Errorf("first %s", got)
	}
	before, _ := hex.DecodeString(first)
	if got := link(before, []byte("finger")); got != "F40E1D333CE943FD5432DC560E88D7FA925F418ECD435A14921A3AC5EDA5E719" {
		t.Errorf("second %s", got)
	}
}

func TestNoFinger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t)
		began := time.Now()
		if _, err := r.take(8 * time.Second); !errors.Is(err, finger.ErrNoFinger) {
			t.Error(err)
		}
		if d := time.Since(began); d > 8*time.Second {
			t.Errorf("after %v", d)
		}
		if _, err := r.take(time.Second); !errors.Is(err, finger.ErrNoFinger) {
			t.Errorf("in too short a time: %v", err)
		}
		began = time.Now()
		if _, err := r.driver.Capture(t.Context(), finger.Unknown); !errors.Is(err, finger.ErrNoFinger) || time.Since(began) > time.Minute {
			t.Errorf("without a deadline: %v after %v", err, time.Since(began))
		}
		reason := errors.New("the visitor left")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(reason) })
		if _, err := r.driver.Capture(ctx, finger.Unknown); !errors.Is(err, reason) {
			t.Error(err)
		}
		if s := r.driver.State(); !s.Ready {
			t.Errorf("%+v", s)
		}
		r.stop()
	})
}

// Every lie is refused and named, and the same capture without it is taken: the control.
func TestLies(t *testing.T) {
	for name, c := range map[string]struct {
		faults Faults
		want   error
	}{
		"forged":      {Faults{Forged: true}, ErrSignature},
		"stranger":    {Faults{Stranger: true}, ErrSignature},
		"chain":       {Faults{BrokenChain: true}, ErrChain},
		"old":         {Faults{Late: 10 * time.Minute}, finger.ErrClock},
		"future":      {Faults{Late: -10 * time.Minute}, finger.ErrClock},
		"transaction": {Faults{WrongName: true}, ErrForeign},
		"reader":      {Faults{WrongReader: true}, ErrForeign},
		"environment": {Faults{WrongEnv: true}, ErrForeign},
		"finger":      {Faults{WrongFinger: true}, ErrForeign},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := start(t)
				r.sim.Press(1)
				r.sim.SetFaults(c.faults)
				got, err := r.take(10 * time.Second)
				if !errors.Is(err, c.want) || got.Signed != nil {
					t.Errorf("%v with %d bytes", err, len(got.Signed))
				}
				if s := r.driver.State(); s.Ready || !errors.Is(s.Trouble, c.want) {
					t.Errorf("%+v", s)
				}
				r.sim.SetFaults(Faults{})
				time.Sleep(5 * time.Second)
				if _, err := r.take(10 * time.Second); err != nil {
					t.Errorf("without the lie: %v", err)
				}
				if s := r.driver.State(); !s.Ready {
					t.Errorf("without the lie: %+v", s)
				}
				r.stop()
			})
		})
	}
}

// Small shifts of the clock are no lie.
func TestClocksMayDiffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t)
		r.sim.Press(1)
		for _, late := range []time.Duration{90 * time.Second, -90 * time.Second} {
			r.sim.SetFaults(Faults{Late: late})
			if _, err := r.take(10 * time.Second); err != nil {
				t.Errorf("%v: %v", late, err)
			}
		}
		r.stop()
	})
}

func TestDeviceErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t)
		r.sim.Press(1)
		for code, want := range map[int]error{
			100: finger.ErrRegister, 101: finger.ErrNoFinger, 102: finger.ErrMessy, 103: finger.ErrTamper, 104: finger.ErrRegister,
			105: finger.ErrMessy, 106: finger.ErrSensor, 107: finger.ErrRegister, 108: finger.ErrRegister, 109: ErrSlap,
			202: finger.ErrSensor, 500: nil, 599: nil,
		} {
			r.sim.SetFaults(Faults{Code: code})
			_, err := r.take(10 * time.Second)
			var said *DeviceError
			if !errors.As(err, &said) || said.Code != code || want != nil && !errors.Is(err, want) || said.Info == "" {
				t.Errorf("%d: %v", code, err)
			}
		}
		r.stop()
	})
}

func TestStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t)
		for status, want := range map[string]error{"Busy": port.ErrBusy, "Not Ready": finger.ErrSensor, "Not Registered": finger.ErrRegister} {
			r.sim.SetStatus(status)
			time.Sleep(5 * time.Second)
			if s := r.driver.State(); s.Ready || !errors.Is(s.Trouble, want) || s.Line != nil {
				t.Errorf("%s: %+v", status, s)
			}
			if _, err := r.take(5 * time.Second); !errors.Is(err, want) {
				t.Errorf("%s: %v", status, err)
			}
			r.sim.SetStatus("")
			time.Sleep(5 * time.Second)
			if s := r.driver.State(); !s.Ready {
				t.Errorf("after %s: %+v", status, s)
			}
		}
		r.stop()
	})
}

// While we take a finger the service says Busy, and that is no trouble.
func TestOurOwnCaptureIsNoTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t)
		changes := r.driver.Changes()
		<-changes
		time.AfterFunc(15*time.Second, func() { r.sim.Press(1) })
		if _, err := r.take(30 * time.Second); err != nil {
			t.Error(err)
		}
		time.Sleep(10 * time.Second)
		select {
		case s := <-changes:
			t.Errorf("changed to %+v", s)
		default:
		}
		r.stop()
	})
}

// Each trouble of the line has its name within 5 s, a capture is refused, and recovery needs no restart.
func TestLineTroubles(t *testing.T) {
	for name, c := range map[string]struct {
		faults Faults
		want   error
	}{
		"silent":  {Faults{Slow: time.Hour}, port.ErrSilent},
		"garbage": {Faults{Garbage: true}, port.ErrBabble},
		"huge":    {Faults{Huge: true}, port.ErrBabble},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := start(t)
				r.sim.SetFaults(c.faults)
				time.Sleep(5 * time.Second)
				if s := r.driver.State(); s.Ready || !errors.Is(s.Line, c.want) {
					t.Errorf("after 5 s: %+v", s)
				}
				if _, err := r.take(5 * time.Second); !errors.Is(err, c.want) {
					t.Errorf("capture: %v", err)
				}
				r.sim.SetFaults(Faults{})
				time.Sleep(5 * time.Second)
				if s := r.driver.State(); !s.Ready || s.Line != nil {
					t.Errorf("after recovery: %+v", s)
				}
				r.stop()
			})
		})
	}
}

func TestServiceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t)
		r.unplug()
		if err := <-r.ended; !errors.Is(err, port.ErrGone) {
			t.Errorf("service ended: %v", err)
		}
		if _, err := r.take(5 * time.Second); !errors.Is(err, ErrNotRunning) {
			t.Error(err)
		}
		r.run()
		if err := <-r.ended; !errors.Is(err, ErrNoService) {
			t.Errorf("no service: %v", err)
		}
		r.serve(4600)
		r.sim.Press(1)
		r.run()
		if _, err := r.take(5 * time.Second); err != nil {
			t.Errorf("on another port: %v", err)
		}
		r.stop()
	})
}

func TestReaderIsTakenAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t)
		r.sim.SetFaults(Faults{Absent: true})
		time.Sleep(5 * time.Second)
		if s := r.driver.State(); s.Ready || !errors.Is(s.Trouble, finger.ErrSensor) {
			t.Errorf("%+v", s)
		}
		r.sim.SetFaults(Faults{})
		time.Sleep(5 * time.Second)
		if s := r.driver.State(); !s.Ready {
			t.Errorf("%+v", s)
		}
		r.stop()
	})
}

func TestRunEndsACapture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t)
		time.AfterFunc(3*time.Second, r.cancel)
		began := time.Now()
		if _, err := r.take(30 * time.Second); !errors.Is(err, ErrNotRunning) || time.Since(began) > 4*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		r.stop()
	})
}

func TestOtherSpellingOfInfo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t)
		r.sim.SetFaults(Faults{OtherInfoVerb: true})
		time.Sleep(10 * time.Second)
		if s := r.driver.State(); !s.Ready {
			t.Errorf("%+v", s)
		}
		before := r.sim.Asked()
		time.Sleep(10 * time.Second)
		if n := r.sim.Asked() - before; n > 6 {
			t.Errorf("%d requests in five polls: it should know by now which verb works", n)
		}
		r.stop()
	})
}

// Looking asks each port once and is not led astray by other programs.
func TestLooking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t)
		r.stop()
		strange, mute, liar, second := newSim(), newSim(), newSim(), newSim()
		strange.SetFaults(Faults{Garbage: true})
		mute.SetFaults(Faults{Slow: time.Hour})
		liar.SetFaults(Faults{Stranger: true})
		second.Serial = "SIM0000000002"
		ctx, cancel := context.WithCancel(t.Context())
		for at, s := range map[int]*Sim{4502: strange, 4503: mute, 4504: liar, 4577: second} {
			l := r.net.listen(at)
			r.service.Go(func() { s.Run(ctx, l) })
		}
		r.serve(4510)
		before := r.net.count()
		r.run()
		if n := r.net.count() - before; n > 106 {
			t.Errorf("%d connections to look at 100 ports and ask a few", n)
		}
		if at := r.at(); at != 4510 {
			t.Errorf("found at %d", at)
		}
		r.cancel()
		<-r.ended
		r.driver.Serial = "SIM0000000002"
		r.run()
		second.Press(2)
		if _, err := r.take(5 * time.Second); err != nil || r.at() != 4577 {
			t.Errorf("the wanted one: %v at %d", err, r.at())
		}
		r.cancel()
		<-r.ended
		r.unplug()
		r.driver.Serial = "SIM0000000001"
		strange.SetFaults(Faults{Absent: true})
		r.run()
		if s := r.driver.State(); !errors.Is(s.Trouble, finger.ErrTrust) || r.at() != 4504 {
			t.Errorf("nobody but the liar: %+v", s)
		}
		cancel()
		r.stop()
	})
}

func TestSettings(t *testing.T) {
	good := func() *Driver {
		roots, _ := ParseRoots(keysOnce().roots)
		return &Driver{Roots: roots, Env: "Staging", Purpose: "Auth", Dial: (&network{}).dial}
	}
	for name, harm := range map[string]func(*Driver){
		"no roots": func(d *Driver) { d.Roots = nil }, "environment": func(d *Driver) { d.Env = "production" },
		"purpose": func(d *Driver) { d.Purpose = "" }, "quality": func(d *Driver) { d.Quality = 101 },
		"ports": func(d *Driver) { d.First, d.Last = 1, 65535 },
	} {
		d := good()
		harm(d)
		if err := d.Run(t.Context()); !errors.Is(err, ErrSetting) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := good().Run(t.Context()); !errors.Is(err, ErrNoService) {
		t.Errorf("good settings: %v", err)
	}
	for _, name := range []string{"abc", strings.Repeat("x", 51), "with space", "ünïcode"} {
		if _, err := good().Begin(name); !errors.Is(err, ErrSetting) {
			t.Errorf("transaction %q: %v", name, err)
		}
	}
}

func TestParseRoots(t *testing.T) {
	pem := keysOnce().roots
	for name, b := range map[string][]byte{"nothing": nil, "no PEM": []byte("hello"), "rest": append(bytes.Clone(pem), "hello"...)} {
		if _, err := ParseRoots(b); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if _, err := ParseRoots(append(bytes.Clone(pem), pem...)); err != nil {
		t.Error(err)
	}
}

// Whatever the service does wrong, in whatever order, the reader is well again soon after it stops. No error and no line
// of the log quotes what was signed: nothing in them is as long as the shortest part of a token.
func TestComesBackFromAnything(t *testing.T) {
	token := regexp.MustCompile(`[A-Za-z0-9_+/-]{60,}`)
	for seed := range uint64(12) {
		synctest.Test(t, func(t *testing.T) {
			dice := rand.New(rand.NewPCG(seed, 2))
			r := start(t)
			var log bytes.Buffer
			r.stop()
			r.driver.Log = slog.New(slog.NewTextHandler(&log, nil))
			r.serve(4510)
			r.run()
			faults := []Faults{
				{}, {Code: 102}, {Code: 555}, {Forged: true}, {Stranger: true}, {BrokenChain: true}, {Late: time.Hour}, {WrongName: true},
				{OtherInfoVerb: true}, {Slow: 3 * time.Second}, {Slow: time.Hour}, {Absent: true}, {Garbage: true}, {Huge: true},
			}
			statuses := []string{"", "Busy", "Not Ready", "Not Registered", "nonsense"}
			for range 12 {
				r.sim.SetFaults(faults[dice.IntN(len(faults))])
				r.sim.SetStatus(statuses[dice.IntN(len(statuses))])
				r.sim.Press(int64(dice.IntN(2)))
				c, err := r.take(time.Duration(dice.IntN(4000)) * time.Millisecond)
				if err != nil && token.MatchString(err.Error()) {
					t.Errorf("an error quotes a token: %v", err)
				}
				c.Wipe()
			}
			r.sim.SetFaults(Faults{})
			r.sim.SetStatus("")
			r.sim.Press(1)
			time.Sleep(10 * time.Second)
			if _, err := r.take(5 * time.Second); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if s := r.driver.State(); !s.Ready {
				t.Fatalf("seed %d: %+v", seed, s)
			}
			r.stop()
			if token.Match(log.Bytes()) {
				t.Errorf("the log quotes a token: %s", log.Bytes())
			}
		})
	}
}

// Over a real port of this machine, and with the race detector when asked.
func TestOverLoopback(t *testing.T) {
	sim := newSim()
	l, err := sim.Listen(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	roots, err := ParseRoots(sim.Roots())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	d := &Driver{Roots: roots, Env: "Developer", Purpose: "Registration"}
	served, ran := make(chan error, 1), make(chan error, 1)
	go func() { served <- sim.Run(ctx, l) }()
	go func() { ran <- d.Run(ctx) }()
	changes := d.Changes()
	for s := <-changes; !s.Ready; {
		s = <-changes
	}
	sim.Press(3)
	if _, err := d.Capture(ctx, finger.LeftThumb); err != nil {
		t.Error(err)
	}
	cancel()
	<-ran
	<-served
}
