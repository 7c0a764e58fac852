package zfm

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/devices/drivertest"
	"markaz.example/devices/finger/synth"
	"markaz.example/devices/port"
	"markaz.example/devices/profile"
	"markaz.example/devices/tape"
)

var update = flag.Bool("update", false, "record the tapes anew from the simulator")

// tapes are shipped models: one that knows what the ZFM-20 knows, and one that knows more.
var tapes = []struct {
	name   string
	extras bool
}{{"finger-zfm-20", false}, {"finger-r307", true}}

func tapeFile(name string) string { return filepath.Join("testdata", "tapes", name+".tape") }

func shippedModel(t *testing.T, name string) profile.Finger {
	t.Helper()
	p, err := profile.LoadFinger(filepath.Join("..", "..", "..", "firmware-configs", name+".toml"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// onTape is a template as the simulator makes them, of the finger that lies on its glass.
func onTape() Template { return seal(simPrint{1, 1}, simPrint{1, 2}) }

// player makes a driver and the work on the tapes: what the module can do, a template into its library and found by the
// finger, the library listed and emptied. It fetches neither picture nor template: what a mask hides comes back as zeros,
// and the driver would find that the sums do not fit.
func player(p profile.Finger) func(port.Opener) (drivertest.Driver, func(context.Context) error) {
	return func(o port.Opener) (drivertest.Driver, func(context.Context) error) {
		d := &Driver{Port: o, Profile: p, Poll: 10 * time.Second} // no question of its own falls between the work
		return d, func(ctx context.Context) error { return workOnTape(ctx, d) }
	}
}

func workOnTape(ctx context.Context, d *Driver) error {
	const page = 3
	if _, err := d.Probe(ctx); err != nil {
		return err
	}
	if err := d.Store(ctx, page, onTape()); err != nil {
		return err
	}
	if found, err := d.Search(ctx); err != nil || found.Page != page {
		return fmt.Errorf("search: %+v, %w", found, err)
	}
	if pages, err := d.Index(ctx); err != nil || !slices.Equal(pages, []int{page}) {
		return fmt.Errorf("index: %v, %w", pages, err)
	}
	return d.Delete(ctx, page, 1)
}

func TestTapes(t *testing.T) {
	for _, c := range tapes {
		t.Run(c.name, func(t *testing.T) {
			p := shippedModel(t, c.name)
			if *update {
				record(t, tapeFile(c.name), &Sim{Extras: c.extras}, tape.Fingers, p)
			}
			synctest.Test(t, func(t *testing.T) { drivertest.Tape(t, tapeFile(c.name), player(p)) })
		})
	}
}

// record makes a tape from the simulator: start, the work, an idle while.
func record(t *testing.T, file string, sim *Sim, mask tape.Mask, p profile.Finger) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		sim.Press(1, synth.Good)
		ctx, cancel := context.WithCancel(t.Context())
		var life sync.WaitGroup
		defer life.Wait()
		defer cancel()
		life.Go(func() { sim.Run(ctx) })
		drivertest.Record(t, file, drivertest.Recording{
			Class: p.Class, Profile: filepath.Base(file[:len(file)-len(".tape")]) + ".toml", Device: sim, Mask: mask, Idle: 25 * time.Second,
		}, player(p))
	})
}

// shown is every byte of a tape that can be read, hidden ones as zeros.
func shown(t *testing.T, file string) (out []byte, hidden int) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	recorded, err := tape.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range recorded.Exchanges {
		for _, piece := range e.Pieces {
			out = append(append(out, piece.Bytes...), make([]byte, piece.Hidden)...)
			hidden += piece.Hidden
		}
	}
	return out, hidden
}

// carries reports whether any eight bytes running of the template are among the bytes.
func carries(tape []byte, t Template) bool {
	for i := 0; i+8 <= len(t); i++ {
		if bytes.Contains(tape, t[i:i+8]) {
			return true
		}
	}
	return false
}

// A template went over the line of every tape, and none of it is on one. The control is the same work without a mask.
func TestTapesShowNoFinger(t *testing.T) {
	for _, c := range tapes {
		b, hidden := shown(t, tapeFile(c.name))
		if carries(b, onTape()) {
			t.Errorf("%s: the template can be read", c.name)
		}
		if hidden < len(onTape()) {
			t.Errorf("%s: %d bytes are hidden, want the %d of the template", c.name, hidden, len(onTape()))
		}
	}
	file := filepath.Join(t.TempDir(), "finger-zfm-20.tape")
	record(t, file, &Sim{}, tape.Nothing, shippedModel(t, "finger-zfm-20"))
	if b, _ := shown(t, file); !carries(b, onTape()) {
		t.Error("control: without a mask no template is on the tape either")
	}
}
