package printer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"markaz.example/devices/port"
	"markaz.example/devices/profile"
	"markaz.example/devices/slip"
)

func TestEveryDotOverARealLine(t *testing.T) {
	for _, name := range []string{"epson-tm-t20iii", "generic-58mm"} {
		t.Run(name, func(t *testing.T) {
			p, err := profile.LoadPrinter("../../firmware-configs/printer-" + name + ".toml")
			if err != nil {
				t.Fatal(err)
			}
			r := onPTY(t, p)
			r.ready()
			for seed := 1; seed <= 3; seed++ {
				want := picture(p.WidthDots, 509, seed)
				if err := r.d.Print(t.Context(), want); err != nil {
					t.Fatal(err)
				}
				pages := r.pages()
				if !shows(pages[len(pages)-1], want) {
					t.Fatalf("slip %d: the paper differs from the picture", seed)
				}
			}
			if u := r.sim.Unknown(); len(u) > 0 {
				t.Errorf("the simulator was sent %x", u)
			}
		})
	}
}

func TestPrintOnEveryDialect(t *testing.T) {
	for _, cutter := range []string{profile.CutNone, profile.CutPartial, profile.CutFull} {
		for _, status := range []string{profile.StatusDLEEOT, profile.StatusASB} {
			for _, clear := range []string{profile.ClearDLEENQ, profile.ClearDLEDC4} {
				t.Run(cutter+" "+status+" "+clear, func(t *testing.T) {
					p := model()
					p.Cutter, p.Status, p.Clear, p.KanjiOff, p.FeedBeforeCut = cutter, status, clear, true, 90
					inBubble(t, p, func(t *testing.T, r *rig) {
						r.ready()
						want := picture(p.WidthDots, 37, 5)
						if err := r.d.Print(t.Context(), want); err != nil {
							t.Fatal(err)
						}
						if n := r.count(want); n != 1 {
							t.Errorf("%d papers", n)
						}
						pages := r.pages()
						if !shows(pages[len(pages)-1], want) {
							t.Error("the paper differs from the picture")
						}
					})
				})
			}
		}
	}
}

func TestPrintWhileNotRunning(t *testing.T) {
	d := &Driver{Profile: model()}
	err := d.Print(t.Context(), picture(256, 4, 1))
	if !errors.Is(err, ErrNotSent) || !errors.Is(err, ErrNotRunning) {
		t.Errorf("got %v", err)
	}
	for _, b := range []*slip.Bitmap{nil, picture(264, 4, 1), picture(256, 0, 1), picture(256, slipRowsMax+1, 1), {Width: 256, Height: 9, Stride: 32}} {
		if err := d.Print(t.Context(), b); !errors.Is(err, ErrNotSent) || !errors.Is(err, ErrWidth) {
			t.Errorf("a slip that does not fit: %v", err)
		}
	}
}

// Before the first byte, every reason is named and no ink is spent.
func TestRefusedBeforeTheFirstByte(t *testing.T) {
	for _, c := range []struct {
		want error
		set  func(s *Sim, bad bool)
	}{
		{ErrPaperOut, func(s *Sim, bad bool) { s.SetPaper(map[bool]float64{false: 9000}[bad]) }},
		{ErrCoverOpen, (*Sim).SetCover},
		{ErrOffline, (*Sim).SetOffline},
		{ErrFault, (*Sim).SetHot},
		{ErrSilent, (*Sim).SetMute},
		{ErrSilent, func(s *Sim, bad bool) { s.SetPower(!bad) }},
	} {
		t.Run(c.want.Error(), func(t *testing.T) {
			inBubble(t, model(), func(t *testing.T, r *rig) {
				r.ready()
				c.set(r.sim, true)
				want := picture(256, 20, 3)
				err := r.d.Print(t.Context(), want)
				if !errors.Is(err, ErrNotSent) || !errors.Is(err, c.want) || errors.Is(err, ErrUncertain) {
					t.Fatalf("got %v, want ErrNotSent because %v", err, c.want)
				}
				if got := r.d.State().Ready(); !errors.Is(got, c.want) {
					t.Errorf("State says %v", got)
				}
				c.set(r.sim, false)
				time.Sleep(time.Minute)
				if inked(r.sim.Partial().Bits) || r.count(want) != 0 {
					t.Error("a slip that was not sent left ink")
				}
				if err := r.d.Print(t.Context(), want); err != nil || r.count(want) != 1 {
					t.Errorf("after the repair: %v, %d papers", err, r.count(want))
				}
			})
		})
	}
}

// In the middle of a slip every fault ends in ErrUncertain, sooner than the blind wait for the proof; after the repair
// the interrupted slip never comes out whole, and the next one is clean.
func TestFaultInMidSlip(t *testing.T) {
	faults := []struct {
		name string
		want error
		set  func(s *Sim, bad bool)
	}{
		{"paper out", ErrPaperOut, func(s *Sim, bad bool) { s.SetPaper(map[bool]float64{false: 9000}[bad]) }},
		{"cover", ErrCoverOpen, (*Sim).SetCover},
		{"hot", ErrFault, (*Sim).SetHot},
		{"off-line", ErrOffline, (*Sim).SetOffline},
		{"power", ErrSilent, func(s *Sim, bad bool) { s.SetPower(!bad) }},
		{"mute", ErrSilent, (*Sim).SetMute},
	}
	for _, f := range faults {
		for _, status := range []string{profile.StatusDLEEOT, profile.StatusASB} {
			for _, clear := range []string{profile.ClearDLEENQ, profile.ClearDLEDC4} {
				for _, buffer := range []int{256, 4096, 65536} {
					t.Run(fmt.Sprintf("%s %s %s %d", f.name, status, clear, buffer), func(t *testing.T) {
						p := model()
						p.Status, p.Clear, p.Image.RowsPerBlock = status, clear, 64
						synctest.Test(t, func(t *testing.T) {
							r := newRig(t, p)
							r.sim.Buffer, r.d.Port = buffer, r.sim
							r.run()
							faultInMidSlip(t, r, f.want, f.set)
						})
					})
				}
			}
		}
	}
}

func faultInMidSlip(t *testing.T, r *rig, want error, set func(s *Sim, bad bool)) {
	r.ready()
	first := picture(256, 1000, 7) // 32 kB, 2.8 s on the line
	began := time.Now()
	outcome := make(chan error, 1)
	go func() { outcome <- r.d.Print(t.Context(), first) }()
	time.Sleep(1200 * time.Millisecond)
	set(r.sim, true)
	err := <-outcome
	if !errors.Is(err, ErrUncertain) || errors.Is(err, ErrNotSent) {
		t.Fatalf("got %v, want ErrUncertain", err)
	}
	if want != ErrSilent {
		if took := time.Since(began); took > 6*time.Second {
			t.Errorf("told after %v", took)
		}
	}
	if err := r.d.Print(t.Context(), first); !errors.Is(err, ErrNotSent) && want != ErrSilent {
		t.Errorf("while the fault lasts: %v", err)
	}
	time.Sleep(time.Minute)
	whole := 0
	if f := r.count(first); f > 0 && want == ErrSilent {
		whole = f // a mute printer prints on; that is what uncertain means
	}
	set(r.sim, false)
	time.Sleep(20 * time.Minute)
	if n := r.count(first); n != whole {
		t.Errorf("the interrupted slip came out whole after the repair, %d times", n)
	}
	second := picture(256, 100, 8)
	if err := r.d.Print(t.Context(), second); err != nil {
		t.Fatalf("second slip: %v", err)
	}
	pages := r.pages()
	if !shows(pages[len(pages)-1], second) {
		t.Error("second slip is not clean")
	}
}

func TestCutterJam(t *testing.T) {
	inBubble(t, model(), func(t *testing.T, r *rig) {
		r.ready()
		r.sim.SetCutterJam(true)
		first, second := picture(256, 30, 1), picture(256, 30, 2)
		if err := r.d.Print(t.Context(), first); !errors.Is(err, ErrUncertain) || !errors.Is(err, ErrCutter) {
			t.Fatalf("got %v", err)
		}
		if err := r.d.Print(t.Context(), second); !errors.Is(err, ErrNotSent) || !errors.Is(err, ErrCutter) {
			t.Fatalf("while jammed: %v", err)
		}
		r.sim.SetCutterJam(false)
		time.Sleep(time.Minute)
		if err := r.d.Print(t.Context(), second); err != nil || r.count(second) != 1 || r.count(first) != 1 {
			t.Fatalf("%v; first %d, second %d", err, r.count(first), r.count(second))
		}
	})
}

// plugged is a port whose cable the test can make short.
type plugged struct {
	sim   *Sim
	left  *atomic.Int64  // negative: as many as come
	wrote func(b []byte) // told before each write; may be nil
}

func longCable() *atomic.Int64 {
	left := new(atomic.Int64)
	left.Store(-1)
	return left
}

func (p plugged) Open(ctx context.Context) (io.ReadWriteCloser, error) {
	c, err := p.sim.Open(ctx)
	if err != nil {
		return nil, err
	}
	return &shortCable{c, p}, nil
}

// shortCable carries so many bytes towards the printer, exactly, and then nothing in either direction.
type shortCable struct {
	io.ReadWriteCloser
	plugged
}

func (c *shortCable) Write(b []byte) (int, error) {
	if c.wrote != nil {
		c.wrote(b)
	}
	left := c.left.Load()
	if left < 0 {
		return c.ReadWriteCloser.Write(b)
	}
	n, err := c.ReadWriteCloser.Write(b[:min(int64(len(b)), left)])
	c.left.Add(int64(-n))
	if err == nil && n < len(b) {
		c.Close()
		return n, port.ErrGone
	}
	return n, err
}

// At every byte: nil only with the whole slip on paper, ErrNotSent only without any of it, and whatever happened, the
// next slip is alone and whole on its page, and the first never comes out twice.
func TestUnplugAtEveryByte(t *testing.T) {
	for _, dialect := range []struct{ clear, command string }{
		{profile.ClearDLEENQ, profile.ImageGSv0}, {profile.ClearDLEDC4, profile.ImageGSv0},
		{profile.ClearDLEENQ, profile.ImageGSParenL}, {profile.ClearDLEDC4, profile.ImageESCStar},
	} {
		p := speaking(dialect.command, 256)
		p.Clear, p.Image.RowsPerBlock = dialect.clear, map[bool]int{true: profile.StripRows, false: 4}[dialect.command == profile.ImageESCStar]
		first := picture(256, 10, 3)
		questions := 3 * len(ask(1))
		total := questions + len(askPaper)*(proofRounds-1)
		for _, piece := range encode(p, first) {
			total += len(piece)
		}
		seen := map[string]int{}
		for n := 0; n <= total+1; n++ {
			seen[unplugAfter(t, p, n, first)]++
		}
		want := map[string]int{"not sent": questions + 1, "uncertain": total - questions - 1, "printed": 2}
		if diff := cmp.Diff(want, seen); diff != "" {
			t.Errorf("%+v: outcomes over %d places (-want +got):\n%s", dialect, total+2, diff)
		}
	}
}

func unplugAfter(t *testing.T, p profile.Printer, n int, first *slip.Bitmap) (outcome string) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, p)
		left := longCable()
		r.d.Port = plugged{sim: r.sim, left: left}
		r.run()
		r.ready()
		synctest.Wait()
		left.Store(int64(n))
		err := r.d.Print(t.Context(), first)
		left.Store(-1)
		outcome = class(err)
		time.Sleep(time.Second)
		ink := inked(r.sim.Partial().Bits) || r.count(first) > 0
		switch {
		case err == nil && r.count(first) != 1:
			t.Errorf("cut after %d bytes: confirmed, and %d papers", n, r.count(first))
		case errors.Is(err, ErrNotSent) && ink:
			t.Errorf("cut after %d bytes: not sent, and there is ink", n)
		}
		r.mustPrintClean(picture(256, 10, 4), fmt.Sprintf("cut after %d bytes", n))
		if r.count(first) > 1 {
			t.Errorf("cut after %d bytes: printed twice", n)
		}
	})
	return outcome
}

func class(err error) string {
	switch {
	case err == nil:
		return "printed"
	case errors.Is(err, ErrNotSent):
		return "not sent"
	}
	return "uncertain"
}

// mustPrintClean prints as soon as the printer takes it and looks at the page.
func (r *rig) mustPrintClean(b *slip.Bitmap, when string) {
	r.t.Helper()
	for range 1000 {
		err := r.d.Print(r.t.Context(), b)
		if err == nil {
			break
		}
		if !errors.Is(err, ErrNotSent) {
			r.t.Fatalf("%s: next slip: %v", when, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
	pages := r.pages()
	if len(pages) == 0 || !shows(pages[len(pages)-1], b) {
		r.t.Errorf("%s: the next slip is not clean", when)
	}
}

// A program that died in the middle of a slip leaves a printer in the middle of a picture.
func TestFirstRunFindsHalfASlip(t *testing.T) {
	for _, clear := range []string{profile.ClearDLEENQ, profile.ClearDLEDC4} {
		p := model()
		p.Clear = clear
		half := encode(p, picture(256, 10, 3))[1]
		for n := range half {
			leaveHalf(t, p, half[:n])
		}
	}
}

// leaveHalf starts a driver on a printer that was left after some bytes of a picture.
func leaveHalf(t *testing.T, p profile.Printer, half []byte) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, p)
		r.d.Port = leftover{r.sim, half}
		r.run()
		r.mustPrintClean(picture(p.WidthDots, 10, 4), fmt.Sprintf("%s, %s, after %d bytes of a block", p.Clear, p.Image.Command, len(half)))
	})
}

type leftover struct {
	sim   *Sim
	bytes []byte
}

func (l leftover) Open(ctx context.Context) (io.ReadWriteCloser, error) {
	c, err := l.sim.Open(ctx)
	if err == nil {
		c.Write(l.bytes)
	}
	return c, err
}

// Paper ends before the first row, the whole slip waits in the printer's buffer, and somebody puts paper in as soon as
// the screen says so. The desk has been told "uncertain" by then, so the slip must not come out any more.
func TestQuickHandsWithANewRoll(t *testing.T) {
	for _, clear := range []string{profile.ClearDLEENQ, profile.ClearDLEDC4} {
		p := model()
		p.Clear = clear
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, p)
			r.sim.Buffer = 1 << 16
			var once sync.Once
			r.d.Port = plugged{sim: r.sim, left: longCable(), wrote: func(b []byte) {
				if bytes.HasPrefix(b, initialise) { // the first that a slip sends; clearing begins with zeros
					once.Do(func() { r.sim.SetPaper(0) })
				}
			}}
			r.run()
			time.Sleep(time.Minute)
			first, second := picture(256, 100, 1), picture(256, 30, 2)
			if err := r.d.Print(t.Context(), first); !errors.Is(err, ErrUncertain) || !errors.Is(err, ErrPaperOut) {
				t.Fatalf("%s: %v", clear, err)
			}
			time.Sleep(100 * time.Millisecond) // no hand is quicker, and the printer is told to forget the slip meanwhile
			r.sim.SetPaper(9000)
			began := time.Now()
			r.mustPrintClean(second, clear)
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("%s: ready again after %v", clear, took)
			}
			time.Sleep(time.Minute)
			if n := r.count(first); n != 0 {
				t.Errorf("%s: the slip of which nobody knew came out", clear)
			}
		})
	}
}

// One garbled answer, whichever, does not cost a slip.
func TestOneGarbledAnswer(t *testing.T) {
	for n := range 40 {
		for _, garbled := range []byte{0x00, 0x16, 0x1a, 0x7e, 0xff} {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, model())
				left := new(atomic.Int64)
				left.Store(-1)
				r.d.Port = garbler{r.sim, left, garbled}
				r.run()
				r.ready()
				left.Store(int64(n))
				b := picture(256, 400, 1) // 1.1 s on the line
				if err := r.d.Print(t.Context(), b); errors.Is(err, ErrUncertain) || err == nil && r.count(b) != 1 {
					t.Errorf("answer %d became %02x: %v, %d papers", n, garbled, err, r.count(b))
				}
			})
		}
	}
}

// garbler changes the byte that the driver hears after *left others.
type garbler struct {
	sim  *Sim
	left *atomic.Int64
	to   byte
}

func (g garbler) Open(ctx context.Context) (io.ReadWriteCloser, error) {
	c, err := g.sim.Open(ctx)
	return garbled{c, g}, err
}

type garbled struct {
	io.ReadWriteCloser
	garbler
}

func (g garbled) Read(b []byte) (int, error) {
	n, err := g.ReadWriteCloser.Read(b)
	for i := range n {
		if g.left.Add(-1) == -1 {
			b[i] = g.to
		}
	}
	return n, err
}

// A touched cable says 00, which is also what a printer says when it is done.
func TestGlitchIsNoProof(t *testing.T) {
	for _, glitch := range [][]byte{{0}, {0, 0, 0}, {0, 0, 0, 0}, {0xff, 0, 0}, {0, 3, 0x80}, {0x37}, {0x10, 0, 0}} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, model())
			r.sim.Head, r.d.Port = 2, r.sim // all bytes are sent in 0.2 s, and 4 s later the paper is out
			r.run()
			r.ready()
			go func() {
				for range 4 {
					time.Sleep(800 * time.Millisecond)
					r.sim.with(func() { r.sim.say(glitch...) })
				}
			}()
			b := picture(256, 60, 9)
			if err := r.d.Print(t.Context(), b); err != nil {
				t.Errorf("glitch % x: %v; asking again should have settled it", glitch, err)
			}
			if r.count(b) != 1 {
				t.Errorf("glitch % x was taken for a proof", glitch)
			}
		})
	}
}

// The picture is full of bytes that a printer takes for questions, wherever they stand.
func TestPictureFullOfQuestions(t *testing.T) {
	for _, sequence := range [][]byte{ask(1), ask(2), ask(4), clearDLEENQ, {gs, 'r', 1}} {
		inBubble(t, model(), func(t *testing.T, r *rig) {
			r.sim.SetPaper(1000) // near the end, so that answers to 4 look like bad news to 1
			r.ready()
			b := slip.NewBitmap(256, 600)
			for i := range b.Bits {
				b.Bits[i] = sequence[i%len(sequence)]
			}
			if err := r.d.Print(t.Context(), b); err != nil || r.count(b) != 1 {
				t.Errorf("%x: %v, %d papers", sequence, err, r.count(b))
			}
		})
	}
}

func TestStateAndChanges(t *testing.T) {
	inBubble(t, model(), func(t *testing.T, r *rig) {
		changes := r.d.Changes()
		if s := <-changes; s.Known {
			t.Errorf("before the first answer: %+v", s)
		}
		r.ready()
		if s := <-changes; s.Ready() != nil || !s.Known {
			t.Errorf("ready: %+v", s)
		}
		r.sim.SetPaper(1000)
		if s := <-changes; !s.NearEnd || s.Ready() != nil {
			t.Errorf("near the end: %+v", s)
		}
		r.sim.SetCover(true)
		if s := <-changes; !s.CoverOpen || s.Online {
			t.Errorf("cover open: %+v", s)
		}
		heard := r.d.State().Heard
		r.sim.SetMute(true)
		if s := <-changes; s.Known || s.Heard.Before(heard) {
			t.Errorf("silence: %+v", s)
		}
		r.sim.SetMute(false)
		r.sim.SetCover(false)
		r.sim.SetPaper(9000)
		time.Sleep(time.Minute)
		if s := <-changes; s.Ready() != nil || s.NearEnd {
			t.Errorf("the newest state must be what a late reader finds: %+v", s)
		}
	})
}

func TestTurnsAndPatience(t *testing.T) {
	inBubble(t, model(), func(t *testing.T, r *rig) {
		r.ready()
		const slips = 8
		done := make(chan error, slips)
		for i := range slips {
			go func() { done <- r.d.Print(t.Context(), picture(256, 200, i+1)) }()
		}
		time.Sleep(50 * time.Millisecond)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		err := r.d.Print(ctx, picture(256, 200, 99))
		if !errors.Is(err, ErrNotSent) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("lost patience in the queue: %v", err)
		}
		for range slips {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		for i := range slips {
			if n := r.count(picture(256, 200, i+1)); n != 1 {
				t.Errorf("slip %d came out %d times", i, n)
			}
		}
		if r.count(picture(256, 200, 99)) != 0 {
			t.Error("a slip that was not sent came out")
		}
	})
}

// Once the first byte is out, a caller's haste changes nothing; the end of Run does.
func TestHasteAndShutdownInMidSlip(t *testing.T) {
	inBubble(t, model(), func(t *testing.T, r *rig) {
		r.ready()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := r.d.Print(ctx, picture(256, 1000, 1)); err != nil {
			t.Errorf("haste: %v", err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, model())
		r.d.Port = failing{}
		r.run()
		other := &Driver{Profile: model(), Port: r.sim}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- other.Run(ctx) }()
		time.Sleep(time.Minute)
		if err := other.Run(ctx); !errors.Is(err, ErrRunning) {
			t.Errorf("second Run: %v", err)
		}
		outcome := make(chan error, 1)
		go func() { outcome <- other.Print(t.Context(), picture(256, 1000, 1)) }()
		time.Sleep(time.Second)
		cancel()
		if err := <-outcome; !errors.Is(err, ErrUncertain) {
			t.Errorf("shutdown: %v", err)
		}
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
		if other.State().Known {
			t.Error("state known after the end of Run")
		}
	})
}

type failing struct{}

func (failing) Open(context.Context) (io.ReadWriteCloser, error) { return nil, port.ErrGone }
