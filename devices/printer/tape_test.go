package printer

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/devices/drivertest"
	"markaz.example/devices/port"
	"markaz.example/devices/profile"
	"markaz.example/devices/tape"
)

var update = flag.Bool("update", false, "record the tapes anew from the simulator")

// tapes are the shipped models, each with one slip printed.
var tapes = []string{"printer-epson-tm-t20iii", "printer-generic-58mm", "printer-wincor-th230"}

func shippedModel(t *testing.T, name string) profile.Printer {
	t.Helper()
	p, err := profile.LoadPrinter(filepath.Join("..", "..", "firmware-configs", name+".toml"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func tapeFile(name string) string { return filepath.Join("testdata", "tapes", name+".tape") }

// printOnce gives the driver one slip once it takes one.
func printOnce(d *Driver) func(ctx context.Context) error {
	return func(ctx context.Context) error { return d.Print(ctx, picture(d.Profile.WidthDots, 300, 1)) }
}

func TestTapes(t *testing.T) {
	for _, name := range tapes {
		p := shippedModel(t, name)
		if *update {
			record(t, name, p)
		}
		synctest.Test(t, func(t *testing.T) {
			drivertest.Tape(t, tapeFile(name), func(o port.Opener) (drivertest.Driver, func(context.Context) error) {
				d := &Driver{Port: o, Profile: p}
				return d, printOnce(d)
			})
		})
	}
}

// record makes a tape from the simulator: start, a slip, an idle while.
func record(t *testing.T, name string, p profile.Printer) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, p)
		if !p.NearEnd {
			r.sim.NearEnd = -1
		}
		ring := tape.Recording()
		r.d.Port = &tape.Tap{Port: r.sim, Ring: ring, Mask: tape.Pictures}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var parts sync.WaitGroup
		defer parts.Wait()
		parts.Go(func() { r.sim.Run(ctx) })
		began := time.Now()
		parts.Go(func() { r.d.Run(ctx) })
		for printOnce(r.d)(ctx) != nil {
			time.Sleep(20 * time.Millisecond)
		}
		time.Sleep(5 * time.Second)
		cancel()
		f, err := os.Create(tapeFile(name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		made := tape.Tape{Class: p.Class, Profile: name + ".toml", Began: began, Exchanges: ring.Last()}
		if err := made.Write(f); err != nil {
			t.Fatal(err)
		}
	})
}

// What is on a tape of a printer is no slip: its picture is a number.
func TestTapesShowNoSlip(t *testing.T) {
	for _, name := range tapes {
		f, err := os.Open(tapeFile(name))
		if err != nil {
			t.Fatal(err)
		}
		recorded, err := tape.Read(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		hidden := 0
		for _, e := range recorded.Exchanges {
			for _, piece := range e.Pieces {
				hidden += piece.Hidden
			}
		}
		width := shippedModel(t, name).WidthDots
		if want := 300 * width / 8; hidden < want {
			t.Errorf("%s: %d bytes are hidden, want the %d of the slip", name, hidden, want)
		}
	}
}
