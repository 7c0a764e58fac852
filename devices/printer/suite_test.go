package printer

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/devices/drivertest"
	"markaz.example/devices/port"
	"markaz.example/devices/profile"
	"markaz.example/devices/slip"
)

// suite prints a new slip for every check and holds the driver's word against the paper.
func suite(t *testing.T, r *rig, device port.Opener, quick bool) {
	seed := 0
	drivertest.Run(t, drivertest.Harness{Device: device, New: func(p port.Opener) (drivertest.Driver, func(context.Context) error) {
		d := &Driver{Port: p, Profile: r.d.Profile}
		if quick {
			d.Poll, d.Watch, d.Answer, d.Proof = 20*time.Millisecond, 20*time.Millisecond, 50*time.Millisecond, 200*time.Millisecond
		}
		return d, func(ctx context.Context) error {
			seed++
			b := whole(r.d.Profile, seed)
			err := d.Print(ctx, b)
			n := r.count(b)
			switch class(err) {
			case "printed":
				if n != 1 {
					t.Errorf("confirmed, and %d papers", n)
				}
			case "not sent":
				if n != 0 {
					t.Errorf("not sent, and %d papers", n)
				}
			}
			if n > 1 {
				return fmt.Errorf("%d papers", n)
			}
			return err
		}
	}})
}

// whole is a picture that comes out dot for dot, since nothing in it reads as a command.
func whole(p profile.Printer, seed int) *slip.Bitmap {
	for ; ; seed += 1000 {
		b := picture(p.WidthDots, 20, seed)
		if !bytes.Contains(drawn(p.Image.Command, b, 0, b.Height), actAtOnce) {
			return b
		}
	}
}

func TestSuiteInMemory(t *testing.T) {
	for _, command := range commands {
		t.Run(command, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, speaking(command, 256))
				ctx, cancel := context.WithCancel(t.Context())
				var life sync.WaitGroup
				life.Go(func() { r.sim.Run(ctx) })
				suite(t, r, r.sim, false)
				cancel()
				life.Wait()
			})
		})
	}
}

func TestSuiteOverARealLine(t *testing.T) {
	r := newRig(t, model())
	r.sim.Speed = math.Inf(1)
	ctx, cancel := context.WithCancel(context.Background())
	far, err := port.NewPTY(filepath.Join(t.TempDir(), "printer"))
	if err != nil {
		t.Fatal(err)
	}
	var life sync.WaitGroup
	life.Go(func() { r.sim.Run(ctx) })
	life.Go(func() { r.sim.Serve(ctx, far) })
	suite(t, r, port.Serial{Path: far.Link(), Baud: 115200}, true)
	cancel()
	life.Wait()
}
