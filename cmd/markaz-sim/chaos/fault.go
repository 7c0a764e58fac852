package chaos

import (
	"math/rand/v2"
	"slices"
	"syscall"
	"time"

	"markaz.example/cmd/markaz-sim/stage"
)

// fault is something that goes wrong at a byte, and right again after a while.
type fault struct {
	name  string
	least time.Duration // how long it lasts at least
	wrong func(s *stage.Stage, t *trip)
	right func(s *stage.Stage)
}

func nothing(*stage.Stage) {}

// faults is everything that is done to a job. Each is equally likely.
func faults() []fault {
	return []fault{
		{"none", 0, func(*stage.Stage, *trip) {}, nothing},
		{"unplug", 0, func(s *stage.Stage, _ *trip) { s.Printer.Plug(false) }, func(s *stage.Stage) { s.Printer.Plug(true) }},
		{"printer power", boots, func(s *stage.Stage, _ *trip) { s.Printer.Sim.SetPower(false) }, func(s *stage.Stage) { s.Printer.Sim.SetPower(true) }},
		{"paper out", 0, func(s *stage.Stage, _ *trip) { s.Printer.Sim.SetPaper(0) }, func(s *stage.Stage) { s.Printer.Sim.SetPaper(rollMM) }},
		{"cover", 0, func(s *stage.Stage, _ *trip) { s.Printer.Sim.SetCover(true) }, func(s *stage.Stage) { s.Printer.Sim.SetCover(false) }},
		{"cutter", 0, func(s *stage.Stage, _ *trip) { s.Printer.Sim.SetCutterJam(true) }, func(s *stage.Stage) { s.Printer.Sim.SetCutterJam(false) }},
		{"hot head", 0, func(s *stage.Stage, _ *trip) { s.Printer.Sim.SetHot(true) }, func(s *stage.Stage) { s.Printer.Sim.SetHot(false) }},
		{"mute", 0, func(s *stage.Stage, _ *trip) { s.Printer.Sim.SetMute(true) }, func(s *stage.Stage) { s.Printer.Sim.SetMute(false) }},
		{"flipped bit", 0, func(_ *stage.Stage, t *trip) { t.spoil() }, nothing},
		{"box killed", 0, func(s *stage.Stage, _ *trip) { _ = s.Box.Signal(syscall.SIGKILL) }, nothing},
		{"box and printer lose power", boots, func(s *stage.Stage, _ *trip) {
			_ = s.Box.Signal(syscall.SIGKILL)
			s.Printer.Sim.SetPower(false)
		}, func(s *stage.Stage) { s.Printer.Sim.SetPower(true) }},
	}
}

// blow is one fault, its byte and its length.
type blow struct {
	fault
	at    int // byte of the job, from 1
	lasts time.Duration
}

// draw gives a fault of any kind, or of one.
func draw(r *rand.Rand, span int, only string) blow {
	all := faults()
	if only != "" {
		all = slices.DeleteFunc(all, func(f fault) bool { return f.name != only })
	}
	f := all[r.IntN(len(all))]
	return blow{f, 1 + r.IntN(max(span, 1)), f.least + time.Duration(1+r.Int64N(int64(brief)))}
}

// strike arms the wire. done is closed when all is right again; it is never if the byte never comes.
func (b blow) strike(s *stage.Stage, t *trip) (done <-chan struct{}) {
	over := make(chan struct{})
	t.arm(b.at, func() {
		b.wrong(s, t)
		time.AfterFunc(b.lasts, func() { b.right(s); close(over) })
	})
	return over
}
