package usb_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"markaz.example/devices/drivertest"
	"markaz.example/devices/port"
	"markaz.example/devices/printer"
	"markaz.example/devices/profile"
	"markaz.example/devices/slip"
	"markaz.example/devices/usb"
	"markaz.example/devices/usb/usbtest"
)

// paper is what the simulated printer cut off.
type paper struct {
	mu    sync.Mutex
	pages []printer.Page
}

func (p *paper) keep(page printer.Page) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pages = append(p.pages, page)
}

func (p *paper) holds(b *slip.Bitmap) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, page := range p.pages {
		if bytes.Contains(page.Bitmap.Bits, b.Bits) {
			n++
		}
	}
	return n
}

func model() profile.Printer {
	return profile.Printer{
		Model: "test", Class: "printer", WidthDots: 256, DPI: 203, Image: profile.Image{Command: profile.ImageGSv0, RowsPerBlock: 4},
		Cutter: profile.CutPartial, FeedBeforeCut: 8, Status: profile.StatusDLEEOT, Clear: profile.ClearDLEDC4, NearEnd: true,
		Line: profile.Line{Baud: 115200},
	}
}

// numbered is a slip that no other number has.
func numbered(number int) *slip.Bitmap {
	b := slip.NewBitmap(256, 20)
	state := uint32(number)
	for i := range b.Bits {
		state = state*1664525 + 1013904223
		b.Bits[i] = byte(state>>24) | 0x81
	}
	return b
}

// suite runs every harm of drivertest on the real printer driver, and holds its word against the paper.
func suite(t *testing.T, device port.Opener, out *paper, quick bool) {
	number := 0
	drivertest.Run(t, drivertest.Harness{Device: device, New: func(p port.Opener) (drivertest.Driver, func(context.Context) error) {
		d := &printer.Driver{Port: p, Profile: model()}
		if quick {
			d.Poll, d.Watch, d.Answer, d.Proof = 20*time.Millisecond, 20*time.Millisecond, 50*time.Millisecond, 200*time.Millisecond
		}
		return d, func(ctx context.Context) error {
			number++
			slip := numbered(number)
			err := d.Print(ctx, slip)
			n := out.holds(slip)
			if n > 1 || err == nil && n != 1 || errors.Is(err, printer.ErrNotSent) && n != 0 {
				t.Errorf("the driver says %v, and %d papers are out", err, n)
			}
			return err
		}
	}})
}

func newSim(t *testing.T, speed float64) (*printer.Sim, *paper) {
	out := &paper{}
	sim := &printer.Sim{Width: 256, DPI: 203, Cutter: true, Speed: speed, OnPage: out.keep}
	ctx, cancel := context.WithCancel(context.Background())
	var life sync.WaitGroup
	life.Go(func() { sim.Run(ctx) })
	t.Cleanup(func() { cancel(); life.Wait() })
	return sim, out
}

func TestPrinterDriverInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim, out := newSim(t, 1)
		device := usbtest.NewPrinter("J3X0", sim, nil, nil)
		suite(t, usb.Printer{Socket: usbtest.Memory(t, device)}, out, false)
		if device.Driver() != "usblp" {
			t.Errorf("the interface belongs to %s in the end", device.Driver())
		}
	})
}

func TestPrinterDriverOverARealSocket(t *testing.T) {
	sim, out := newSim(t, math.Inf(1))
	path := usbtest.Serve(t, usbtest.NewPrinter("J3X0", sim, nil, nil))
	suite(t, usb.Printer{Socket: usb.Socket{Path: path}}, out, true)
}

// TestPrinterIsPulledOut: the driver's Run ends with ErrGone when the real plug goes, and a new one works when it is back.
func TestPrinterIsPulledOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim, out := newSim(t, 1)
		device := usbtest.NewPrinter("J3X0", sim, nil, nil)
		d := &printer.Driver{Port: usb.Printer{Socket: usbtest.Memory(t, device)}, Profile: model()}
		for round := range 3 {
			ended := make(chan error, 1)
			go func() { ended <- d.Run(t.Context()) }()
			slip := numbered(round)
			synctest.Wait()
			if err := d.Print(t.Context(), slip); err != nil || out.holds(slip) != 1 {
				t.Fatalf("round %d: %v, and %d papers", round, err, out.holds(slip))
			}
			device.Unplug()
			if err := <-ended; !errors.Is(err, port.ErrGone) {
				t.Errorf("round %d: Run: %v", round, err)
			}
			if _, err := d.Port.Open(t.Context()); !errors.Is(err, port.ErrGone) {
				t.Errorf("round %d: open without the printer: %v", round, err)
			}
			device.Plug()
		}
	})
}

// open opens the printer of a story in fake time.
func open(t *testing.T, device *usbtest.Device) io.ReadWriteCloser {
	t.Helper()
	p, err := usb.Printer{Socket: usbtest.Memory(t, device)}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// wired is a printer that the test is.
type wired func(ctx context.Context, wire io.ReadWriteCloser) error

func (w wired) Serve(ctx context.Context, wire io.ReadWriteCloser) error { return w(ctx, wire) }

// deaf takes some bytes and then none for a while, again and again.
func deaf(bytes int, pause time.Duration) wired {
	return func(ctx context.Context, wire io.ReadWriteCloser) error {
		for buf := make([]byte, bytes); ; time.Sleep(pause) {
			if _, err := io.ReadFull(wire, buf); err != nil {
				return err
			}
		}
	}
}

func TestReadIsQuietAndLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		device := usbtest.NewPrinter("", deaf(1, 0), nil, nil)
		p := open(t, device)
		began := time.Now()
		for range 3 {
			if n, err := p.Read(make([]byte, 8)); n != 0 || !errors.Is(err, port.ErrQuiet) {
				t.Fatalf("got %d bytes, %v", n, err)
			}
		}
		if took := time.Since(began); took != 300*time.Millisecond {
			t.Errorf("three quiet reads took %v", took)
		}
		if err := device.Send(t.Context(), usbtest.PrinterIn, []byte("abc")); err != nil {
			t.Fatal(err)
		}
		var got []byte
		for len(got) < 3 {
			b := make([]byte, 2)
			n, err := p.Read(b)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, b[:n]...)
		}
		if string(got) != "abc" {
			t.Errorf("got %q", got)
		}
	})
}

// Some printers answer every read at once with nothing.
func TestEmptyPacketsAreNoBusyLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		device := usbtest.NewPrinter("", deaf(1, 0), nil, nil)
		p := open(t, device)
		var talk sync.WaitGroup
		talk.Go(func() {
			for device.Send(t.Context(), usbtest.PrinterIn, nil) == nil {
			}
		})
		began := time.Now()
		for range 5 {
			if _, err := p.Read(make([]byte, 8)); !errors.Is(err, port.ErrQuiet) {
				t.Errorf("got %v", err)
			}
		}
		if took := time.Since(began); took != 500*time.Millisecond {
			t.Errorf("five reads took %v, want 5 times the quiet time", took)
		}
		device.Unplug()
		talk.Wait()
	})
}

func TestWriteCountsTheStallFromTheLastProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := usbtest.NewPrinter("", deaf(64, 1900*time.Millisecond), nil, nil)
		p := open(t, slow)
		if n, err := p.Write(make([]byte, 640)); n != 640 || err != nil {
			t.Errorf("a slow printer: %d bytes, %v", n, err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		stopped := usbtest.NewPrinter("", deaf(20_032, time.Hour), nil, nil)
		p := open(t, stopped)
		began := time.Now()
		n, err := p.Write(make([]byte, 100_000))
		if n != 20_032 || !errors.Is(err, port.ErrStuck) {
			t.Errorf("a printer that stopped: %d bytes, %v", n, err)
		}
		if took := time.Since(began); took < 2*time.Second || took > 4*time.Second {
			t.Errorf("that took %v", took)
		}
	})
}

// TestUnplugAtAByte: what the printer took is counted to the byte.
func TestUnplugAtAByte(t *testing.T) {
	for _, at := range []int{1, 63, 64, 65, 16_383, 16_384, 16_385, 40_000} {
		synctest.Test(t, func(t *testing.T) {
			device := usbtest.NewPrinter("", deaf(1, 0), nil, nil)
			p := open(t, device)
			device.UnplugAfter(usbtest.PrinterOut, at)
			if n, err := p.Write(make([]byte, 50_000)); n != at || !errors.Is(err, port.ErrGone) {
				t.Errorf("unplugged at %d: %d bytes, %v", at, n, err)
			}
			if _, err := p.Read(make([]byte, 8)); !errors.Is(err, port.ErrGone) {
				t.Errorf("unplugged at %d: read: %v", at, err)
			}
		})
	}
}

func TestCloseWakesBoth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		device := usbtest.NewPrinter("", deaf(64, time.Hour), nil, nil)
		p := open(t, device)
		var ends sync.WaitGroup
		ends.Go(func() {
			if _, err := p.Write(make([]byte, 1000)); !errors.Is(err, port.ErrClosed) {
				t.Errorf("write: %v", err)
			}
		})
		ends.Go(func() {
			var err error
			for err = port.ErrQuiet; errors.Is(err, port.ErrQuiet); {
				_, err = p.Read(make([]byte, 8))
			}
			if !errors.Is(err, port.ErrClosed) {
				t.Errorf("read: %v", err)
			}
		})
		time.Sleep(50 * time.Millisecond)
		if err := p.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		ends.Wait()
		if device.Driver() != "usblp" {
			t.Errorf("the interface belongs to %s after Close", device.Driver())
		}
	})
}

func TestSideChannel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var resets int
		device := usbtest.NewPrinter("", deaf(64, time.Hour), func() byte { return port.PortSelected | port.PortPaperOut }, func() { resets++ })
		side, ok := open(t, device).(port.SideChannel)
		if !ok {
			t.Fatal("a USB printer has no side channel")
		}
		if status, err := side.PortStatus(t.Context()); status != 0x30 || err != nil {
			t.Errorf("status %02x, %v", status, err)
		}
		if err := side.SoftReset(t.Context()); resets != 1 || err != nil {
			t.Errorf("%d resets, %v", resets, err)
		}
		device.Control = nil
		if _, err := side.PortStatus(t.Context()); !errors.Is(err, usb.ErrStall) {
			t.Errorf("a printer that refuses: %v", err)
		}
	})
}

// TestOldReset: version 1.0 of the class had another recipient.
func TestOldReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		device := usbtest.NewPrinter("", deaf(64, time.Hour), nil, nil)
		var seen []string
		device.Control = func(_ context.Context, r usb.Request, _ []byte) (int, error) {
			seen = append(seen, fmt.Sprintf("%02x", r.Type))
			if r.Type == 0x23 {
				return 0, nil
			}
			return 0, usb.ErrStall
		}
		if err := open(t, device).(port.SideChannel).SoftReset(t.Context()); err != nil || fmt.Sprint(seen) != "[21 23]" {
			t.Errorf("tried %v: %v", seen, err)
		}
	})
}

// TestOneWayPrinter: it gives no answers, and an unplug is noticed by the writer.
func TestOneWayPrinter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		about := usbtest.NewPrinter("", nil, nil, nil).About()
		about.Interface.Protocol = usb.OneWay
		about.Interface.Endpoints = about.Interface.Endpoints[:1]
		device := usbtest.New(about)
		p := open(t, device)
		if _, err := p.Read(make([]byte, 8)); !errors.Is(err, port.ErrQuiet) {
			t.Errorf("read: %v", err)
		}
		device.Unplug()
		if _, err := p.Write([]byte("x")); !errors.Is(err, port.ErrGone) {
			t.Errorf("write: %v", err)
		}
	})
}

// fate is how a printer ends that somebody writes to.
type fate struct {
	stopAt int           // bytes after which it takes no more
	pause  time.Duration // after each packet
	outAt  int           // bytes after which the plug falls out; 0 means never
	write  int           // bytes of each Write
}

// TestCountsAreExact: whatever is written, and whenever the printer stops, is slow or falls out, Write reports just the
// bytes that the printer took.
func TestCountsAreExact(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f := fate{
			stopAt: rapid.IntRange(0, 60_000).Draw(r, "stop at"),
			pause:  time.Duration(rapid.IntRange(0, 50).Draw(r, "pause in ms")) * time.Millisecond,
			outAt:  rapid.OneOf(rapid.Just(0), rapid.IntRange(1, 60_000)).Draw(r, "out at"),
			write:  rapid.IntRange(1, 40_000).Draw(r, "write"),
		}
		var said, took int
		var err error
		synctest.Test(t, func(t *testing.T) { said, took, err = suffer(t, f) })
		if said != took || !errors.Is(err, port.ErrStuck) && !errors.Is(err, port.ErrGone) {
			r.Fatalf("Write says %d bytes and %v, the printer has %d", said, err, took)
		}
	})
}

// suffer writes until the printer has met its fate.
func suffer(t *testing.T, f fate) (said, took int, err error) {
	device := usbtest.NewPrinter("", wired(func(ctx context.Context, wire io.ReadWriteCloser) error {
		for b := make([]byte, 64); took < f.stopAt; time.Sleep(f.pause) {
			n, err := wire.Read(b)
			if took += n; err != nil {
				return err
			}
		}
		return nil
	}), nil, nil)
	device.UnplugAfter(usbtest.PrinterOut, f.outAt)
	p := open(t, device)
	for err == nil {
		var n int
		n, err = p.Write(make([]byte, f.write))
		said += n
	}
	synctest.Wait()
	return said, took, err
}
