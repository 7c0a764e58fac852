package uru

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"markaz.example/devices/finger"
	"markaz.example/devices/finger/synth"
	"markaz.example/devices/port"
	"markaz.example/devices/usb"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a driver on a simulated reader, run until the test's end.
type rig struct {
	t      *testing.T
	sim    *Sim
	driver *Driver
	cancel context.CancelFunc
	ended  chan error
}

func start(t *testing.T, sim *Sim) *rig {
	r := &rig{t: t, sim: sim, driver: &Driver{USB: sim}}
	r.run()
	r.open()
	return r
}

// open waits until Run has begun.
func (r *rig) open() {
	for {
		r.driver.mu.Lock()
		began := r.driver.door != nil
		r.driver.mu.Unlock()
		if began {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func (r *rig) run() {
	ctx, cancel := context.WithCancel(r.t.Context())
	r.cancel, r.ended = cancel, make(chan error, 1)
	go func() { r.ended <- r.driver.Run(ctx) }()
}

func (r *rig) stop() error {
	r.cancel()
	return <-r.ended
}

// take asks for a finger for so long.
func (r *rig) take(wait time.Duration) (finger.Capture, error) {
	ctx, stop := context.WithTimeout(r.t.Context(), wait)
	defer stop()
	return r.driver.Capture(ctx, finger.RightThumb)
}

// same compares with what was planted; of a scrambled band the last pixel is never sent.
func same(t *testing.T, sim *Sim, got *finger.Picture, planted finger.Picture) {
	t.Helper()
	at := 0
	for _, k := range sim.layout() {
		at += k.rows * rowBytes
		if k.is(blockScrambled) {
			planted.Pix[len(planted.Pix)-at] = 0xff
		}
	}
	if got.Width != 384 || got.Height != 289 || got.DPI != 500 {
		t.Errorf("%d by %d at %d", got.Width, got.Height, got.DPI)
	}
	if !bytes.Equal(got.Pix, planted.Pix) {
		t.Error("pixels differ from the planted ones")
	}
}

func TestCapture(t *testing.T) {
	for name, scrambled := range map[string]bool{"clear": false, "scrambled": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sim := &Sim{Scrambled: scrambled}
				r := start(t, sim)
				time.Sleep(time.Second)
				if m := sim.Mode(); m != modeOff {
					t.Errorf("mode %02x while nobody asks", m)
				}
				planted := make(chan finger.Picture, 1)
				time.AfterFunc(3*time.Second, func() { planted <- sim.PressSynth(11, 1, synth.Good) })
				c, err := r.take(10 * time.Second)
				if err != nil {
					t.Fatal(err)
				}
				same(t, sim, c.Picture, <-planted)
				if c.Position != finger.RightThumb || c.Quality < 70 || c.Signed != nil {
					t.Errorf("position %v, quality %d", c.Position, c.Quality)
				}
				sim.Lift()
				time.Sleep(time.Second)
				if m := sim.Mode(); m != modeOff {
					t.Errorf("mode %02x after the capture", m)
				}
				r.stop()
			})
		})
	}
}

// A control for the comparison: another finger must not pass for the planted one.
func TestCompareTellsFingersApart(t *testing.T) {
	a, b := glass(1, synth.Good), glass(2, synth.Good)
	if bytes.Equal(a.Pix, b.Pix) {
		t.Error("two fingers are the same")
	}
}

func TestOnePressIsTakenOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := &Sim{}
		r := start(t, sim)
		sim.PressSynth(1, 1, synth.Good)
		if _, err := r.take(5 * time.Second); err != nil {
			t.Fatal(err)
		}
		if _, err := r.take(5 * time.Second); !errors.Is(err, finger.ErrNoFinger) {
			t.Errorf("the same press again: %v", err)
		}
		sim.Lift()
		time.Sleep(time.Second)
		sim.PressSynth(1, 2, synth.Good)
		if _, err := r.take(5 * time.Second); err != nil {
			t.Errorf("a new press: %v", err)
		}
		if sim.Taken() != 2 {
			t.Errorf("%d pictures for two presses", sim.Taken())
		}
		r.stop()
	})
}

func TestNoFinger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := &Sim{}
		r := start(t, sim)
		began := time.Now()
		if _, err := r.take(4 * time.Second); !errors.Is(err, finger.ErrNoFinger) {
			t.Error(err)
		}
		if d := time.Since(began); d > 5*time.Second {
			t.Errorf("after %v", d)
		}
		reason := errors.New("the visitor left")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(reason) })
		if _, err := r.driver.Capture(ctx, finger.Unknown); !errors.Is(err, reason) {
			t.Error(err)
		}
		synctest.Wait() // the caller is told first, then the sensor is switched off
		if !r.driver.State().Ready {
			t.Errorf("%+v", r.driver.State())
		}
		if m := sim.Mode(); m != modeOff {
			t.Errorf("mode %02x", m)
		}
		r.stop()
	})
}

func TestBadFingers(t *testing.T) {
	for how, want := range map[synth.How]error{synth.Wet: finger.ErrMessy, synth.Small: finger.ErrSmall} {
		synctest.Test(t, func(t *testing.T) {
			sim := &Sim{}
			r := start(t, sim)
			sim.PressSynth(4, 1, how)
			if _, err := r.take(5 * time.Second); !errors.Is(err, want) {
				t.Errorf("how %d: %v", how, err)
			}
			sim.Lift()
			time.Sleep(time.Second)
			sim.PressSynth(4, 2, synth.Good)
			if _, err := r.take(5 * time.Second); err != nil {
				t.Errorf("after how %d: %v", how, err)
			}
			r.stop()
		})
	}
}

// Broken pictures are followed by whole ones, and those are taken.
func TestBrokenPictures(t *testing.T) {
	for name, harm := range map[string]func(*Sim){
		"trouble": func(s *Sim) { s.SetTrouble(2) },
		"short":   func(s *Sim) { s.SetShort(3) },
		"both":    func(s *Sim) { s.SetShort(2); s.SetTrouble(2) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sim := &Sim{Scrambled: true}
				r := start(t, sim)
				harm(sim)
				planted := sim.PressSynth(8, 1, synth.Good)
				c, err := r.take(5 * time.Second)
				if err != nil {
					t.Fatal(err)
				}
				same(t, sim, c.Picture, planted)
				r.stop()
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		sim := &Sim{}
		r := start(t, sim)
		sim.SetShort(picturesMax)
		sim.PressSynth(8, 1, synth.Good)
		if _, err := r.take(5 * time.Second); !errors.Is(err, finger.ErrMessy) {
			t.Errorf("nothing but broken pictures: %v", err)
		}
		r.stop()
	})
}

// However the last user left it, the reader wakes.
func TestWakes(t *testing.T) {
	for name, leave := range map[string]func(*Sim){
		"asleep":   (*Sim).SetLow,
		"awake":    func(s *Sim) { s.Control(usb.Request{Type: toDevice, Code: 4, Value: regPower}, []byte{powerBooted}) },
		"confused": (*Sim).SetConfused,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sim := &Sim{}
				leave(sim)
				r := start(t, sim)
				sim.PressSynth(2, 1, synth.Good)
				if _, err := r.take(5 * time.Second); err != nil {
					t.Error(err)
				}
				r.stop()
			})
		})
	}
}

func TestFallsAsleepWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := &Sim{}
		r := start(t, sim)
		time.AfterFunc(2*time.Second, sim.SetLow)
		time.AfterFunc(6*time.Second, func() { sim.PressSynth(2, 1, synth.Good) })
		if _, err := r.take(10 * time.Second); err != nil {
			t.Error(err)
		}
		r.stop()
	})
}

// Each trouble of the line has its name within 5 s, a capture is refused with it, and recovery needs no restart.
func TestLineTroubles(t *testing.T) {
	for _, c := range []struct {
		name string
		want error
		harm func(s *Sim, on bool)
	}{
		{"silent", port.ErrSilent, (*Sim).SetMute},
		{"half", port.ErrHalf, (*Sim).SetHalf},
		{"another model", port.ErrBabble, (*Sim).SetStrange},
		{"babbling", port.ErrBabble, (*Sim).SetBabble},
	} {
		for _, when := range []string{"at first", "later"} {
			t.Run(c.name+" "+when, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					sim := &Sim{}
					if when == "at first" {
						c.harm(sim, true)
					}
					r := start(t, sim)
					if when == "later" {
						time.Sleep(10 * time.Second)
						c.harm(sim, true)
					}
					time.Sleep(5 * time.Second)
					if s := r.driver.State(); !errors.Is(s.Line, c.want) || s.Ready {
						t.Errorf("after 5 s: %+v", s)
					}
					if _, err := r.take(20 * time.Second); !errors.Is(err, c.want) {
						t.Errorf("capture: %v", err)
					}
					c.harm(sim, false)
					time.Sleep(5 * time.Second)
					if s := r.driver.State(); s.Line != nil || !s.Ready {
						t.Errorf("5 s after recovery: %+v", s)
					}
					sim.PressSynth(1, 1, synth.Good)
					if _, err := r.take(5 * time.Second); err != nil {
						t.Errorf("after recovery: %v", err)
					}
					r.stop()
				})
			})
		}
	}
}

func TestDiesWhileWaitingForAFinger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := &Sim{}
		r := start(t, sim)
		time.AfterFunc(3*time.Second, func() { sim.SetMute(true) })
		began := time.Now()
		_, err := r.take(time.Hour)
		if d := time.Since(began); !errors.Is(err, port.ErrSilent) || d > 3*time.Second+5*time.Second {
			t.Errorf("%v after %v", err, d)
		}
		r.stop()
	})
}

func TestDoesNotWake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := &Sim{}
		sim.SetDeaf(true)
		r := start(t, sim)
		time.Sleep(5 * time.Second)
		if s := r.driver.State(); !errors.Is(s.Trouble, finger.ErrSensor) || s.Ready || s.Line != nil {
			t.Errorf("%+v", s)
		}
		if _, err := r.take(5 * time.Second); !errors.Is(err, ErrAsleep) {
			t.Error(err)
		}
		sim.SetDeaf(false)
		time.Sleep(5 * time.Second)
		if s := r.driver.State(); !s.Ready {
			t.Errorf("after it woke: %+v", s)
		}
		r.stop()
	})
}

// The plug is pulled at every stage of a capture; the driver says so at once, and the next Run works.
func TestUnplug(t *testing.T) {
	stages := 0
	for at := time.Duration(0); at <= 700*time.Millisecond; at += 13 * time.Millisecond {
		synctest.Test(t, func(t *testing.T) {
			sim := &Sim{Scrambled: true}
			r := start(t, sim)
			time.Sleep(2 * time.Second)
			time.AfterFunc(300*time.Millisecond, func() { sim.PressSynth(1, 1, synth.Good) })
			time.AfterFunc(at, func() { sim.SetPlugged(false) })
			_, err := r.take(20 * time.Second)
			if err != nil {
				stages++
			}
			if err != nil && !errors.Is(err, port.ErrGone) && !errors.Is(err, ErrNotRunning) {
				t.Errorf("pulled after %v: %v", at, err)
			}
			if err := <-r.ended; !errors.Is(err, port.ErrGone) {
				t.Errorf("pulled after %v: Run ended with %v", at, err)
			}
			r.run()
			if err := <-r.ended; !errors.Is(err, port.ErrGone) {
				t.Errorf("without a plug: %v", err)
			}
			sim.SetPlugged(true)
			sim.Lift()
			r.run()
			r.open()
			sim.PressSynth(1, 2, synth.Good)
			if _, err := r.take(5 * time.Second); err != nil {
				t.Errorf("plugged in again: %v", err)
			}
			r.stop()
		})
	}
	if stages < 10 || stages > 50 {
		t.Errorf("%d of 54 pulls hit the capture: the stages are not what they were meant to be", stages)
	}
}

func TestNotRunning(t *testing.T) {
	d := &Driver{USB: &Sim{}}
	if _, err := d.Capture(t.Context(), finger.Unknown); !errors.Is(err, ErrNotRunning) {
		t.Error(err)
	}
	synctest.Test(t, func(t *testing.T) {
		r := start(t, &Sim{})
		synctest.Wait()
		if err := r.driver.Run(t.Context()); !errors.Is(err, ErrRunning) {
			t.Error(err)
		}
		if err := r.stop(); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if s := r.driver.State(); s.Ready {
			t.Errorf("%+v", s)
		}
	})
}

// noPipes is another device's interface.
type noPipes struct{ usb.Handle }

func (noPipes) Endpoints() []usb.Endpoint                     { return nil }
func (n noPipes) OpenUSB(context.Context) (usb.Handle, error) { return n, nil }
func (noPipes) Close() error                                  { return nil }

func TestWrongDevice(t *testing.T) {
	if err := (&Driver{USB: noPipes{}}).Run(t.Context()); !errors.Is(err, ErrPipes) {
		t.Error(err)
	}
}

// Many callers wait their turn, in real time, with the race detector watching.
func TestManyCallers(t *testing.T) {
	sim := &Sim{Speed: math.Inf(1)}
	r := start(t, sim)
	var all sync.WaitGroup
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	pressing, enough := context.WithCancel(ctx)
	all.Go(func() {
		for n := uint64(0); pressing.Err() == nil; n++ {
			sim.PressSynth(1, n, synth.Good)
			time.Sleep(5 * time.Millisecond)
			sim.Lift()
			time.Sleep(5 * time.Millisecond)
		}
	})
	var callers sync.WaitGroup
	for range 4 {
		callers.Go(func() {
			if _, err := r.driver.Capture(ctx, finger.Unknown); err != nil && !seen(err) {
				t.Error(err)
			}
		})
	}
	callers.Wait()
	enough()
	all.Wait()
	r.stop()
}

func TestDescriptors(t *testing.T) {
	if transferMax%packetBytes != 0 || transferMax < headerBytes+(rowsMax+1)*rowBytes {
		t.Errorf("room of %d bytes is no whole packets, or too few", transferMax)
	}
	s := &Sim{}
	d, c := s.DeviceDescriptor(), s.ConfigDescriptor()
	if len(d) != 18 || d[0] != 18 || d[8] != 0xba || d[9] != 0x05 || d[10] != 0x0a {
		t.Errorf("device % x", d)
	}
	if len(c) != int(c[2]) {
		t.Errorf("configuration of %d bytes says %d", len(c), c[2])
	}
	if n := len(s.Strings()); n != 3 || int(d[16]) != n {
		t.Errorf("%d strings", n)
	}
}

// Whatever is done to the reader, in whatever order, it is well again soon after it stops, and the next finger is taken.
func TestComesBackFromAnything(t *testing.T) {
	for seed := range uint64(40) {
		synctest.Test(t, func(t *testing.T) {
			dice := rand.New(rand.NewPCG(seed, 1))
			sim := &Sim{Scrambled: dice.IntN(2) == 0}
			r := start(t, sim)
			on := func() bool { return dice.IntN(2) == 0 }
			for range 15 {
				switch dice.IntN(12) {
				case 0:
					sim.SetMute(on())
				case 1:
					sim.SetHalf(on())
				case 2:
					sim.SetBabble(on())
				case 3:
					sim.SetStrange(on())
				case 4:
					sim.SetDeaf(on())
				case 5:
					sim.SetLow()
				case 6:
					sim.SetConfused()
				case 7:
					sim.SetShort(dice.IntN(8))
				case 8:
					sim.SetTrouble(dice.IntN(4))
				case 9:
					sim.Lift()
				default:
					sim.PressSynth(3, dice.Uint64(), synth.How(dice.IntN(4)))
				}
				if c, err := r.take(time.Duration(dice.IntN(3000)) * time.Millisecond); err == nil {
					c.Wipe()
				}
			}
			for _, heal := range []func(bool){sim.SetMute, sim.SetHalf, sim.SetBabble, sim.SetStrange, sim.SetDeaf} {
				heal(false)
			}
			sim.SetShort(0)
			sim.SetTrouble(0)
			sim.Lift()
			time.Sleep(liftWait)
			if s := r.driver.State(); !s.Ready {
				t.Fatalf("seed %d: %+v", seed, s)
			}
			planted := sim.PressSynth(9, seed, synth.Good)
			c, err := r.take(5 * time.Second)
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			same(t, sim, c.Picture, planted)
			r.stop()
		})
	}
}

// The time from transfer to upright picture; a visitor waits for it with the finger on the glass.
func BenchmarkDevelop(b *testing.B) {
	for name, sim := range map[string]*Sim{"clear": {}, "scrambled": {Scrambled: true}} {
		b.Run(name, func(b *testing.B) {
			sim.PressSynth(1, 1, synth.Good)
			whole := sim.transfer()
			room := make([]byte, len(whole))
			b.ReportAllocs()
			for b.Loop() {
				copy(room, whole)
				r, err := parse(room)
				if err != nil {
					b.Fatal(err)
				}
				if r.scrambled() {
					r.unscramble(func(n byte) (scrambler, error) { return sim.keyOf(n), nil })
				}
				r.picture()
			}
		})
	}
}
