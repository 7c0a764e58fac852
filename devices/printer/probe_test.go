package printer

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"markaz.example/devices/port"
	"markaz.example/devices/profile"
)

func TestProbe(t *testing.T) {
	fact := func(key, value string) profile.Fact { return profile.Fact{Key: key, Value: value} }
	ready := []profile.Fact{fact("state", "ready"), fact("paper", "plenty")}
	for _, c := range []struct {
		name string
		id   Identity
		make func(s *Sim)
		want []profile.Fact
		err  error
	}{
		{"all of it", Identity{"EPSON", "TM-T20III", "1.05 ESC/POS", "X5K"}, func(*Sim) {},
			append([]profile.Fact{fact("maker", "EPSON"), fact("model", "TM-T20III"), fact("firmware", "1.05 ESC/POS"), fact("serial number", "X5K")}, ready...), nil},
		{"a part", Identity{Maker: "EPSON"}, func(*Sim) {}, append([]profile.Fact{fact("maker", "EPSON")}, ready...), nil},
		{"paper out", Identity{Maker: "EPSON"}, func(s *Sim) { s.SetPaper(0) }, []profile.Fact{fact("state", "paper is out"), fact("paper", "out")}, nil},
		{"paper low", Identity{Maker: "EPSON"}, func(s *Sim) { s.SetPaper(100) },
			[]profile.Fact{fact("maker", "EPSON"), fact("state", "ready"), fact("paper", "near its end")}, nil},
		{"cutter jammed", Identity{}, func(s *Sim) { s.with(func() { s.hand.jammed = true }) }, []profile.Fact{fact("state", "cutter is jammed"), fact("paper", "plenty")}, nil},
		{"silent", Identity{}, func(s *Sim) { s.SetMute(true) }, nil, port.ErrSilent},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, model())
			r.sim.ID, r.d.Port = c.id, r.sim
			c.make(r.sim)
			ctx, stop := context.WithCancel(t.Context())
			var life sync.WaitGroup
			life.Go(func() { r.sim.Run(ctx) })
			got, err := r.d.Probe(ctx)
			if diff := cmp.Diff(c.want, got); diff != "" || !errors.Is(err, c.err) {
				t.Errorf("%s: %v\n%s", c.name, err, diff)
			}
			if n := len(r.pages()); n != 0 || len(r.sim.Unknown()) != 0 {
				t.Errorf("%s: %d pages came out, and it did not know % x", c.name, n, r.sim.Unknown())
			}
			stop()
			life.Wait()
		})
	}
}

func TestProbeLeavesARunningDriverAlone(t *testing.T) {
	inBubble(t, model(), func(t *testing.T, r *rig) {
		r.ready()
		if _, err := r.d.Probe(t.Context()); !errors.Is(err, ErrRunning) {
			t.Error(err)
		}
	})
	d := &Driver{Profile: model(), Port: port.TCP{Address: "127.0.0.1:0"}}
	if _, err := d.Probe(t.Context()); err == nil {
		t.Error("a port that does not open was probed")
	}
}
