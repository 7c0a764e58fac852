package printer

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"markaz.example/devices/port"
	"markaz.example/devices/profile"
)

// A line that falls ill is named within 5 s, whenever it does, and no restart is needed when it is well again.
func TestLineIsJudgedInTime(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func(s *Sim, ill bool)
		want error
	}{
		{"silence", (*Sim).SetMute, port.ErrSilent},
		{"babble", (*Sim).SetBabble, port.ErrBabble},
		{"babble without answers", func(s *Sim, ill bool) { s.SetMute(ill); s.SetBabble(ill) }, port.ErrBabble},
		{"half answers", (*Sim).SetHalf, port.ErrHalf},
		{"a clone that answers two questions", (*Sim).SetClone, port.ErrHalf},
		{"answers that come too late", func(s *Sim, ill bool) { s.SetDelay(map[bool]time.Duration{true: 30 * time.Second}[ill]) }, port.ErrSilent},
	} {
		for _, status := range []string{profile.StatusDLEEOT, profile.StatusASB} {
			t.Run(c.name+" "+status, func(t *testing.T) {
				p := model()
				p.Status = status
				inBubble(t, p, func(t *testing.T, r *rig) {
					r.ready()
					for after := range 5 {
						time.Sleep(time.Minute + time.Duration(after)*400*time.Millisecond)
						c.set(r.sim, true)
						time.Sleep(5 * time.Second)
						if s := r.d.State(); !errors.Is(s.Line, c.want) || s.Ready() == nil {
							t.Errorf("after 5 s: %+v, want %v", s, c.want)
						}
						if err := r.d.Print(t.Context(), picture(256, 9, 1)); !errors.Is(err, ErrNotSent) {
							t.Errorf("a slip on an ill line: %v", err)
						}
						c.set(r.sim, false)
						time.Sleep(40 * time.Second)
						if s := r.d.State(); s.Ready() != nil {
							t.Errorf("well again: %+v", s)
						}
					}
				})
			})
		}
	}
}

// A device that was never a printer is named from the first start.
func TestStrangersAreNamed(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func(s *Sim, ill bool)
		want error
	}{{"nothing there", (*Sim).SetMute, port.ErrSilent}, {"a scale", func(s *Sim, ill bool) { s.SetMute(ill); s.SetBabble(ill) }, port.ErrBabble}, {"a clone", (*Sim).SetClone, port.ErrHalf}} {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, model(), func(t *testing.T, r *rig) {
				c.set(r.sim, true)
				time.Sleep(5 * time.Second)
				if s := r.d.State(); !errors.Is(s.Line, c.want) {
					t.Errorf("%+v, want %v", s, c.want)
				}
			})
		})
	}
}

// A device that says for ever what would be a good answer is not believed.
func TestSameAnswerForEver(t *testing.T) {
	inBubble(t, model(), func(t *testing.T, r *rig) {
		r.ready()
		for range 500 {
			time.Sleep(20 * time.Millisecond)
			r.sim.with(func() { r.sim.sayRaw(0x12) })
		}
		if s := r.d.State(); !errors.Is(s.Line, port.ErrBabble) {
			t.Errorf("%+v", s)
		}
	})
}

func TestSlowAnswersAreWaitedFor(t *testing.T) {
	inBubble(t, model(), func(t *testing.T, r *rig) {
		r.sim.SetDelay(700 * time.Millisecond)
		r.ready()
		b := picture(256, 100, 1)
		if err := r.d.Print(t.Context(), b); err != nil || r.count(b) != 1 {
			t.Errorf("%v, %d papers", err, r.count(b))
		}
	})
}

// Bytes are lost inside a picture: the rest comes out as text, nothing is called printed that is not, and the next slip
// is clean.
func TestGarbageAfterABrokenBlock(t *testing.T) {
	for _, command := range commands {
		p := speaking(command, 256)
		p.Image.RowsPerBlock = 96
		for _, lost := range []int{1, 7, 100, 1000} {
			inBubble(t, p, func(t *testing.T, r *rig) {
				r.ready()
				first := picture(256, 500, 5)
				go func() { time.Sleep(200 * time.Millisecond); r.sim.Lose(lost) }()
				err := r.d.Print(t.Context(), first)
				if r.sim.Lost() != lost || r.count(first) != 0 {
					t.Fatalf("lost %d, %d papers", r.sim.Lost(), r.count(first))
				}
				if err != nil && !errors.Is(err, ErrUncertain) {
					t.Errorf("%s, %d bytes lost: %v", command, lost, err)
				}
				time.Sleep(time.Minute)
				r.mustPrintClean(picture(256, 50, 6), command)
			})
		}
	}
}

// slowHead is a printer whose paper moves slower than its line, at 400 mm 230 kB a second against 800, with a buffer of
// 96 kB, on a real pseudo-terminal. The kernel holds some 12 kB that come after XOFF all the same. The line has a pace so that XOFF gets
// out: without one the simulator may swallow half a buffer before the goroutine that speaks has its turn.
func slowHead(t *testing.T, flow port.Flow, mm float64) *rig {
	t.Helper()
	p := model()
	p.WidthDots, p.Image.RowsPerBlock, p.Line.Baud = 576, 128, 4_000_000 // the simulated line has no speed
	r := newRig(t, p)
	r.sim.Buffer, r.sim.Hold, r.sim.Line, r.sim.Head = 96<<10, HoldXOFF, 800_000, mm
	far, err := port.NewPTY(filepath.Join(t.TempDir(), "printer"))
	if err != nil {
		t.Fatal(err)
	}
	r.d.Port = port.Serial{Path: far.Link(), Baud: 115200, Flow: flow}
	r.d.Proof, r.d.Answer = 2*time.Second, 200*time.Millisecond
	var cable sync.WaitGroup
	cable.Go(func() { r.sim.Serve(context.Background(), far) })
	t.Cleanup(func() { far.Close(); cable.Wait() })
	r.run()
	return r
}

// The printer says XOFF, and the kernel's terminal layer holds us back. The control is the same cable with a line that
// was not told to listen to XOFF: there bytes are lost.
func TestXOFFHoldsUsBack(t *testing.T) {
	b := picture(576, slipRowsMax, 1) // 180 kB
	for i := range b.Bits {
		b.Bits[i] |= 1 // no byte 10 hex: a question inside the picture would be answered, and those answers are not the matter here
	}
	r := slowHead(t, port.FlowXONXOFF, 400)
	r.ready()
	if err := r.d.Print(t.Context(), b); err != nil || r.count(b) != 1 {
		t.Errorf("held back: %v, %d papers", err, r.count(b))
	}
	if n := r.sim.Lost(); n > 0 {
		t.Errorf("%d bytes were lost", n)
	}
	control := slowHead(t, port.FlowNone, 100) // so slow that the buffer overflows on a busy machine too
	control.ready()
	err := control.d.Print(t.Context(), b) // may be nil: nobody can tell the driver what a line without flow control lost
	if control.sim.Lost() == 0 || control.count(b) > 0 {
		t.Errorf("control: %v, %d bytes lost, %d papers; the test proves nothing", err, control.sim.Lost(), control.count(b))
	}
}

// The same buffer on a wire that stops by itself, as RTS/CTS and USB do, loses nothing.
func TestSmallBuffersHoldTheWire(t *testing.T) {
	for _, buffer := range []int{4 << 10, 16 << 10, 64 << 10} {
		p := model()
		p.Image.RowsPerBlock = 64
		r := newRig(t, p)
		r.sim.Buffer = buffer
		inBubbleWith(t, r, func(t *testing.T) {
			r.sim.Head, r.d.Port = 40, r.sim
			r.run()
			r.ready()
			b := picture(256, 1500, 2)
			if err := r.d.Print(t.Context(), b); err != nil || r.count(b) != 1 || r.sim.Lost() != 0 {
				t.Errorf("%d bytes of buffer: %v, %d papers, %d lost", buffer, err, r.count(b), r.sim.Lost())
			}
		})
	}
}

// usbPort is a cable with what the USB printer class adds to it.
type usbPort struct {
	io.ReadWriteCloser
	sim    *Sim
	resets *int
	status func() (byte, error)
}

func (p usbPort) PortStatus(context.Context) (byte, error) { return p.status() }

func (p usbPort) SoftReset(context.Context) error {
	*p.resets++
	p.sim.SoftReset()
	return nil
}

type usbCable struct {
	plugged
	resets *int
	status func() (byte, error)
}

func (c usbCable) Open(ctx context.Context) (io.ReadWriteCloser, error) {
	conn, err := c.plugged.Open(ctx)
	return usbPort{conn, c.sim, c.resets, c.status}, err
}

func onUSB(t *testing.T, story func(t *testing.T, r *rig, cable *usbCable)) {
	t.Helper()
	p := model()
	p.Clear = profile.ClearDLEENQ
	r := newRig(t, p)
	cable := &usbCable{plugged: plugged{sim: r.sim, left: longCable()}, resets: new(int)}
	cable.status = func() (byte, error) { return r.sim.PortStatus(), nil }
	inBubbleWith(t, r, func(t *testing.T) {
		r.d.Port = cable
		story(t, r, cable)
	})
}

func TestPortStatusIsAHint(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(s *Sim)
		port byte
		want error
	}{
		{"both say paper is out", func(s *Sim) { s.SetPaper(0) }, 0x30, ErrPaperOut},
		{"the printer is only off-line, the port knows why", func(s *Sim) { s.SetOffline(true) }, 0x30, ErrPaperOut},
		{"a mute printer without paper", func(s *Sim) { s.SetMute(true) }, 0x38, ErrPaperOut},
		{"a mute printer with a fault", func(s *Sim) { s.SetMute(true) }, 0x10, ErrFault},
		{"a mute printer, and a port that is always well", func(s *Sim) { s.SetMute(true) }, 0x18, ErrSilent},
		{"a printer without paper, and a port that is always well", func(s *Sim) { s.SetPaper(0) }, 0x18, ErrPaperOut},
		{"a printer that is well, and a port that never is", func(*Sim) {}, 0x20, nil},
		{"a port that was never selected", func(*Sim) {}, 0x08, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			onUSB(t, func(t *testing.T, r *rig, cable *usbCable) {
				cable.status = func() (byte, error) { return c.port, nil }
				r.run()
				r.ready()
				c.do(r.sim)
				time.Sleep(time.Minute)
				if got := r.d.State().Ready(); !errors.Is(got, c.want) || (c.want == nil) != (got == nil) {
					t.Errorf("%v, want %v: %+v", got, c.want, r.d.State())
				}
			})
		})
	}
}

func TestPortThatCannotTell(t *testing.T) {
	onUSB(t, func(t *testing.T, r *rig, cable *usbCable) {
		cable.status = func() (byte, error) { return 0, errors.New("stall") }
		r.run()
		r.ready()
		if err := r.d.State().Ready(); err != nil {
			t.Error(err)
		}
	})
}

// A picture that breaks off on USB is thrown away by the port's own reset, once for each slip.
func TestSoftResetAfterABrokenSlip(t *testing.T) {
	onUSB(t, func(t *testing.T, r *rig, cable *usbCable) {
		r.run()
		r.ready()
		before := *cable.resets
		cable.left.Store(3000)
		first := picture(256, 500, 1)
		if err := r.d.Print(t.Context(), first); !errors.Is(err, ErrUncertain) {
			t.Fatal(err)
		}
		r.sim.SetPaper(0)
		cable.left.Store(-1)
		time.Sleep(time.Minute)
		r.sim.SetPaper(9000)
		r.mustPrintClean(picture(256, 50, 2), "after the reset")
		if n := *cable.resets - before; n != 1 {
			t.Errorf("%d resets", n)
		}
		if r.count(first) != 0 {
			t.Error("the broken slip came out")
		}
	})
}
