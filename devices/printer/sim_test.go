package printer

import (
	"bytes"
	"context"
	"io"
	"math"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"markaz.example/devices/slip"
)

// bench is a simulator with a raw wire in the test's hand, in fake time.
type bench struct {
	t    *testing.T
	s    *Sim
	wire net.Conn

	mu  sync.Mutex
	got []Page
}

func (b *bench) keep(p Page) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.got = append(b.got, p)
}

func (b *bench) pages() []Page {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.got
}

func onBench(t *testing.T, s *Sim, story func(b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		b := &bench{t: t, s: s, wire: near}
		s.OnPage = b.keep
		ctx, cancel := context.WithCancel(t.Context())
		go s.Run(ctx)
		go s.Serve(ctx, far)
		story(b)
		near.Close()
		cancel()
		synctest.Wait()
	})
}

// send returns when the printer has worked through everything it can.
func (b *bench) send(bytes ...byte) {
	b.t.Helper()
	if _, err := b.wire.Write(bytes); err != nil {
		b.t.Fatal(err)
	}
	time.Sleep(time.Minute)
}

func (b *bench) hears(want ...byte) {
	b.t.Helper()
	got := make([]byte, len(want)+8)
	b.wire.SetReadDeadline(time.Now().Add(time.Second))
	n, _ := io.ReadFull(b.wire, got)
	if diff := cmp.Diff(want, got[:n]); diff != "" && len(want)+n > 0 {
		b.t.Errorf("answers (-want +got):\n%s", diff)
	}
}

func TestSimAnswersInRealTimeAndInTheQueue(t *testing.T) {
	onBench(t, &Sim{Cutter: true}, func(b *bench) {
		b.s.SetCover(true)
		b.send(gs, 'r', 1, dle, eot, 1, dle, eot, 2)
		b.hears(0x1a, 0x16)
		b.s.SetCover(false)
		b.hears(0x00)
		b.send(gs, 'a', 0x0f)
		b.hears(0x10, 0, 0, 0)
		b.s.SetPaper(0)
		b.hears(0x18, 0, 0x0f, 0)
		b.s.SetMute(true)
		b.send(dle, eot, 1)
		b.hears()
	})
}

func TestSimPictureModes(t *testing.T) {
	onBench(t, &Sim{Width: 256, Cutter: true}, func(b *bench) {
		b.send(gs, 'v', '0', 3, 1, 0, 1, 0, 0xa0, gs, 'V', 0x42, 2)
		if len(b.pages()) != 1 {
			t.Fatalf("%d pages", len(b.pages()))
		}
		want := slip.NewBitmap(256, 4) // each dot doubled both ways, then two rows fed
		for _, x := range []int{0, 1, 4, 5} {
			want.Set(x, 0)
			want.Set(x, 1)
		}
		if diff := cmp.Diff(want, b.pages()[0].Bitmap); diff != "" {
			t.Error(diff)
		}
	})
}

// An unknown command is recorded and what follows it is still understood.
func TestSimKeepsInStep(t *testing.T) {
	onBench(t, &Sim{Cutter: true}, func(b *bench) {
		b.send(esc, 'a', 1, esc, '!', 0x41, gs, '!', 0x11, gs, 'L', 'A', 'A', esc, 'p', 'A', 'A', 'A', fs, '.')
		b.send(gs, '(', 'L', 2, 0, 'A', 'A', esc, 0x7f, dle, eot, 9, dle, enq, 1)
		b.send(gs, 'r', 1)
		b.hears(0)
		want := [][]byte{{gs, '(', 'L', 'A', 'A'}, {esc, 0x7f}}
		if diff := cmp.Diff(want, b.s.Unknown()); diff != "" {
			t.Error(diff)
		}
		b.send('A', '\n', gs, 'V', 0)
		if len(b.pages()) != 1 || b.pages()[0].Text != 1 || !inked(b.pages()[0].Bitmap.Bits) {
			t.Error("garbage must be seen on the page")
		}
	})
}

// When paper comes back a real printer goes on by itself; that is the danger the driver is built around.
func TestSimGoesOnWhenPaperIsBack(t *testing.T) {
	row := append([]byte{gs, 'v', '0', 0, 1, 0, 1, 0}, 0xff)
	onBench(t, &Sim{Cutter: true}, func(b *bench) {
		b.s.SetPaper(0)
		b.send(append(row, gs, 'V', 0, gs, 'r', 1)...)
		b.hears()
		b.s.SetPaper(1e6)
		b.hears(0)
		if len(b.pages()) != 1 {
			t.Errorf("%d pages", len(b.pages()))
		}
		for _, clear := range [][]byte{clearDLEENQ, clearDLEDC4} {
			b.s.SetPaper(0)
			b.send(append(append(row, gs, 'V', 0, gs, 'r', 1), clear...)...)
			b.s.SetPaper(1e6)
			if clear[1] == dc4 {
				b.hears(0x37, 0x25, 0)
			} else {
				b.hears()
			}
			if len(b.pages()) != 1 {
				t.Errorf("%x: the cleared slip came out", clear)
			}
		}
	})
}

func TestSimPace(t *testing.T) {
	rows := make([]byte, 8+72*256)
	copy(rows, []byte{gs, 'v', '0', 0, 72, 0, 0, 1})
	for _, c := range []struct {
		name  string
		speed float64
		want  time.Duration // for the line, which is the slower part
	}{{"real", 1, 1600 * time.Millisecond}, {"tenfold", 10, 160 * time.Millisecond}, {"at once", math.Inf(1), 0}} {
		onBench(t, &Sim{Cutter: true, Speed: c.speed}, func(b *bench) {
			began := time.Now()
			b.wire.Write(append(rows, gs, 'r', 1))
			b.wire.Read(make([]byte, 1))
			if took := time.Since(began); took < c.want*9/10 || took > c.want*12/10 {
				t.Errorf("%s: took %v, want about %v", c.name, took, c.want)
			}
		})
	}
}

func TestSimBufferHoldsTheLineBack(t *testing.T) {
	onBench(t, &Sim{Buffer: 100}, func(b *bench) {
		b.s.SetOffline(true)
		b.wire.SetWriteDeadline(time.Now().Add(time.Minute))
		n, err := b.wire.Write(make([]byte, 1000))
		if err == nil || n < 100 || n > 100+2*readBytes {
			t.Errorf("an off-line printer with 100 bytes of buffer took %d, %v", n, err)
		}
	})
}

func TestSimPowerCutForgetsAllButThePaper(t *testing.T) {
	onBench(t, &Sim{Cutter: true}, func(b *bench) {
		b.send(gs, 'v', '0', 0, 1, 0, 9, 0, 0xff, 0xff)
		b.s.SetPower(false)
		b.send(dle, eot, 1)
		b.hears()
		b.s.SetPower(true)
		b.send(gs, 'r', 1)
		b.hears(0)
		if n := b.s.Partial().Height; n != 2 {
			t.Errorf("%d rows hang out, want the 2 that were printed", n)
		}
	})
}

func discard(b *bench) {
	b.wire.SetReadDeadline(time.Now().Add(24 * time.Hour))
	io.Copy(io.Discard, b.wire)
}

// Whatever a host sends, the printer stays a printer.
func FuzzSim(f *testing.F) {
	for _, piece := range encode(model(), picture(256, 5, 1)) {
		f.Add(piece)
	}
	f.Add(flush(model())[:40])
	f.Fuzz(func(t *testing.T, in []byte) {
		onBench(t, &Sim{Width: 256, Speed: math.Inf(1), Cutter: true}, func(b *bench) {
			go discard(b)
			b.send(in...)
			b.s.Partial()
			b.send(clearDLEDC4...)
			b.send(dle, eot, 1)
		})
	})
}

// What the simulator knows and does not draw, it passes over in step, whatever stands inside.
func TestSimPassesOverInStep(t *testing.T) {
	for name, command := range map[string][]byte{
		"QR model":          {gs, '(', 'k', 4, 0, '1', 'A', '2', 0},
		"QR data":           {gs, '(', 'k', 7, 0, '1', 'P', '0', gs, 'V', 0, 0x1b},
		"bar code form A":   {gs, 'k', 4, 'A', gs, 'V', 1, nul},
		"bar code form B":   {gs, 'k', 73, 6, '{', 'B', esc, '@', 'A', 'A'},
		"bar code looks":    {gs, 'h', gs, gs, 'w', 3, gs, 'H', 2, gs, 'f', 1},
		"drawer":            {esc, 'p', 0, 'A', 'A'},
		"drawer at once":    {dle, dc4, 1, 0, 'A'},
		"tabs":              {esc, 'D', 8, 16, 'A', nul},
		"margins":           {gs, 'L', 'A', 0, gs, 'W', 'A', 'A', gs, 'P', 'A', 'A'},
		"sensors, buttons":  {esc, 'c', '3', 'A', esc, 'c', '4', 'A', esc, 'c', '5', 'A'},
		"beep":              {esc, 'B', 'A', 'A'},
		"looks of letters":  {gs, '!', 'A', esc, '!', 'A', esc, 'E', 'A', esc, 'M', 'A', gs, 'B', 'A', esc, ' ', 'A'},
		"Chinese on, off":   {fs, '&', fs, 'S', 'A', 'A', fs, '!', 'A', fs, '.'},
		"an unknown GS (":   {gs, '(', 'z', 3, 0, 'A', 'A', 'A'},
		"a huge store":      append([]byte{gs, '8', 'L', 0x0c, 0, 2, 0, '0', 112, '0', 1, 1, '1', 8, 0, 2, 0}, bytes.Repeat([]byte{'A'}, 0x20002)...),
		"a store with lies": append([]byte{gs, '(', 'L', 12, 0, '0', 112, '0', 1, 1, '1', 0xff, 0xff, 0xff, 0xff, 'A', 'A'}, printStored...),
		"columns of 8 dots": {esc, '*', 0, 2, 0, 'A', 'A', esc, '@'},
		"user settings":     {gs, '(', 'E', 3, 0, 1, 'I', 'X'},
	} {
		t.Run(name, func(t *testing.T) {
			onBench(t, &Sim{Cutter: true}, func(b *bench) {
				b.send(append(bytes.Clone(command), gs, 'r', 1)...)
				b.hears(0)
				b.send('A', gs, 'V', 0)
				if pages := b.pages(); len(pages) != 1 || pages[0].Text != 1 {
					t.Errorf("%d pages with %+v", len(pages), pages)
				}
			})
		})
	}
}

func TestSimDrawsEveryPictureCommand(t *testing.T) {
	want := func(rows ...byte) *slip.Bitmap {
		b := slip.NewBitmap(8, len(rows))
		copy(b.Bits, rows)
		return b
	}
	for name, c := range map[string]struct {
		send []byte
		want *slip.Bitmap
	}{
		"GS 8 L, twice as wide":         {append([]byte{gs, '8', 'L', 11, 0, 0, 0, '0', 112, '0', 2, 1, '1', 4, 0, 1, 0, 0xa0}, printStored...), want(0xcc)},
		"GS ( L, twice as high":         {append([]byte{gs, '(', 'L', 11, 0, '0', 112, '0', 1, 2, '1', 4, 0, 1, 0, 0xa0}, printStored...), want(0xa0, 0xa0)},
		"stored and forgotten by ESC @": {append([]byte{gs, '(', 'L', 11, 0, '0', 112, '0', 1, 2, '1', 4, 0, 1, 0, 0xa0, esc, '@'}, printStored...), want()},
		"8 dots, double density":        {[]byte{esc, '3', 0, esc, '*', 1, 2, 0, 0x80, 0x01, '\n'}, want(append(append(bytes.Repeat([]byte{0x80}, 3), make([]byte, 18)...), 0x40, 0x40, 0x40)...)},
		"24 dots, single density":       {[]byte{esc, '3', 0, esc, '*', 32, 1, 0, 0x80, 0, 0x01, '\n'}, want(append(append([]byte{0xc0}, make([]byte, 22)...), 0xc0)...)},
	} {
		t.Run(name, func(t *testing.T) {
			onBench(t, &Sim{Width: 8, Cutter: true}, func(b *bench) {
				b.send(append(c.send, gs, 'V', 0)...)
				if len(b.pages()) != 1 {
					t.Fatalf("%d pages", len(b.pages()))
				}
				if diff := cmp.Diff(c.want, b.pages()[0].Bitmap, cmpopts.EquateEmpty()); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

func TestSimDrawerAndIdentity(t *testing.T) {
	onBench(t, &Sim{ID: Identity{Maker: "M", Model: "X", Firmware: "1", Serial: "7"}}, func(b *bench) {
		b.send(esc, 'p', 0, 50, 50, dle, dc4, 1, 0, 1)
		if n := b.s.Drawer(); n != 2 {
			t.Errorf("%d pulses", n)
		}
		b.send(gs, 'I', 1, gs, 'I', 66, gs, 'I', 67, gs, 'I', 68)
		b.hears(0x20, 0x5f, 'M', 0, 0x5f, 'X', 0, 0x5f, '7', 0)
	})
}

// XOFF at half full, XON at a quarter, and what comes all the same is lost from a full buffer.
func TestSimXOFFAndLoss(t *testing.T) {
	onBench(t, &Sim{Buffer: 100, Hold: HoldXOFF}, func(b *bench) {
		b.s.SetOffline(true)
		b.send(bytes.Repeat([]byte{nul}, 49)...)
		b.hears()
		b.send(make([]byte, 60)...)
		b.hears(xoff)
		if n := b.s.Lost(); n != 9 {
			t.Errorf("%d bytes lost, want 9", n)
		}
		b.s.SetOffline(false)
		b.hears(xon)
	})
	onBench(t, &Sim{Buffer: 100, Hold: HoldNothing}, func(b *bench) {
		b.s.SetOffline(true)
		b.send(make([]byte, 150)...)
		b.hears()
		if n := b.s.Lost(); n != 50 {
			t.Errorf("%d bytes lost, want 50", n)
		}
	})
}

// A cable that was pulled before it was served says goodbye late, when the next is already in.
func TestSimLateGoodbyeOfACable(t *testing.T) {
	onBench(t, &Sim{}, func(b *bench) {
		b.send(dle, eot, 1)
		b.hears(0x12)
		pulled, cancel := context.WithCancel(b.t.Context())
		cancel()
		near, far := net.Pipe()
		b.s.Serve(pulled, far)
		near.Close()
		b.send(dle, eot, 1)
		b.hears(0x12)
	})
}

func TestSimIllnesses(t *testing.T) {
	onBench(t, &Sim{}, func(b *bench) {
		b.s.SetClone(true)
		b.send(dle, eot, 1, dle, eot, 2, dle, eot, 4, gs, 'r', 1, gs, 'a', 15, gs, 'I', 66)
		b.hears(0x12, 0x12)
		b.s.SetPaper(0)
		if got := b.s.PortStatus(); got != 0x18 {
			t.Errorf("a clone's port says %02x", got)
		}
		b.s.SetClone(false)
		if got := b.s.PortStatus(); got != 0x30 {
			t.Errorf("without paper the port says %02x", got)
		}
		b.s.SetPaper(9000)
		b.hears(0x10, 0, 0, 0) // it kept in mind that it was asked for changes
	})
	onBench(t, &Sim{}, func(b *bench) {
		b.s.SetHalf(true)
		b.send(dle, eot, 1, dle, eot, 1, dle, eot, 1)
		b.hears(0x12, 0x12)
		b.s.SetHalf(false)
		b.s.SetBabble(true)
		time.Sleep(time.Second)
		b.s.SetBabble(false)
		b.wire.SetReadDeadline(time.Now().Add(time.Second))
		if n, _ := io.ReadFull(b.wire, make([]byte, 64)); n < 64 {
			t.Errorf("babbled %d bytes", n)
		}
	})
	onBench(t, &Sim{}, func(b *bench) {
		b.s.SetDelay(time.Second)
		began := time.Now()
		b.wire.Write(ask(1))
		b.wire.Read(make([]byte, 1))
		if took := time.Since(began); took < time.Second {
			t.Errorf("answered after %v", took)
		}
	})
}
