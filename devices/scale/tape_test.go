package scale

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

// tapes are the shipped models, each with one weighing. basic is an MT-SICS scale that knows levels 0 and 1 only.
var tapes = []struct {
	name  string
	grams int64
	basic bool
}{
	{name: "scale-mt-bba231", grams: 5435}, {name: "scale-kern-mbc", grams: 5430, basic: true},
	{name: "scale-and-ek", grams: 5431}, {name: "scale-and-gc-request", grams: 5431},
	{name: "scale-cas-nt200", grams: 61_450}, {name: "scale-cas-ci-and18", grams: 61_450},
	{name: "scale-seca-460", grams: 61_400}, {name: "scale-tanita-bd815", grams: 5430},
}

func shippedModel(t *testing.T, name string) profile.Scale {
	t.Helper()
	p, err := profile.LoadScale(filepath.Join("..", "..", "firmware-configs", name+".toml"))
	if err != nil {
		t.Fatal(err)
	}
	if p.Protocol == profile.ScaleSeca {
		p.Display = map[string]int{"1": 1} // the simulator's, until somebody has read that of a real one
	}
	return p
}

func TestTapes(t *testing.T) {
	for _, c := range tapes {
		t.Run(c.name, func(t *testing.T) {
			p, file := shippedModel(t, c.name), filepath.Join("testdata", "tapes", c.name+".tape")
			play := func(o port.Opener) (drivertest.Driver, func(context.Context) error) {
				d := &Driver{Port: o, Profile: p}
				return d, func(ctx context.Context) error { return reads(ctx, d, c.grams, time.Minute) }
			}
			if *update {
				sim := &Sim{
					Protocol: p.Protocol, Talk: p.Talk, Division: int64(p.DivisionG), Capacity: int64(p.MaxG), Basic: c.basic, Line: p.Line.Baud / 10,
				}
				record(t, file, sim, drivertest.Recording{Class: p.Class, Profile: c.name + ".toml", Device: sim, Mask: tape.Nothing, Idle: 6 * time.Second}, play, c.grams)
			}
			synctest.Test(t, func(t *testing.T) { drivertest.Tape(t, file, play) })
		})
	}
}

// record makes a tape from the simulator: an empty pan, somebody who sits down and fidgets, a weight, more than it can
// carry, an empty pan.
func record(t *testing.T, file string, sim *Sim, what drivertest.Recording, play func(port.Opener) (drivertest.Driver, func(context.Context) error), grams int64) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var life sync.WaitGroup
		defer life.Wait()
		defer cancel()
		life.Go(func() { sim.Run(ctx) })
		life.Go(func() {
			for _, step := range []func(){
				func() { sim.Put(grams); sim.Wriggle(true) },
				func() { sim.Wriggle(false) },
				func() {},
				func() { sim.Put(2 * sim.Capacity) },
				func() { sim.Put(0) },
			} {
				time.Sleep(2 * time.Second)
				step()
			}
		})
		drivertest.Record(t, file, what, play)
	})
}

// The control: a weight that is not on the tape is not read from it.
func TestTapeOfAnotherWeight(t *testing.T) {
	p := shippedModel(t, "scale-and-ek")
	f, err := os.Open(filepath.Join("testdata", "tapes", "scale-and-ek.tape"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	recorded, err := tape.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		d := &Driver{Port: tape.Replay(recorded), Profile: p}
		ctx, cancel := context.WithCancel(t.Context())
		var life sync.WaitGroup
		defer life.Wait()
		defer cancel()
		life.Go(func() { d.Run(ctx) })
		if err := reads(ctx, d, 5432, time.Minute); err == nil {
			t.Error("5432 g were believed, and the tape has 5431")
		}
	})
}
