package printer

import (
	"context"
	"io"
	"math"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

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
