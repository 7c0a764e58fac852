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
		play := func(o port.Opener) (drivertest.Driver, func(context.Context) error) {
			d := &Driver{Port: o, Profile: p}
			return d, printOnce(d)
		}
		if *update {
			record(t, name, p, play)
		}
		synctest.Test(t, func(t *testing.T) { drivertest.Tape(t, tapeFile(name), play) })
	}
}

// record makes a tape from the simulator: start, a slip, an idle while.
func record(t *testing.T, name string, p profile.Printer, play func(port.Opener) (drivertest.Driver, func(context.Context) error)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, p)
		if !p.NearEnd {
			r.sim.NearEnd = -1
		}
		ctx, cancel := context.WithCancel(t.Context())
		var life sync.WaitGroup
		defer life.Wait()
		defer cancel()
		life.Go(func() { r.sim.Run(ctx) })
		drivertest.Record(t, tapeFile(name), drivertest.Recording{
			Class: p.Class, Profile: name + ".toml", Device: r.sim, Mask: tape.Pictures, Idle: 5 * time.Second,
		}, play)
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
