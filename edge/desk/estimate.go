package desk

import (
	"slices"
	"sync"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/queue"
)

// Expect is the wait of somebody who comes to a line, in minutes, by playing the lines as they are: what Floor.Estimate is
// set to. Ok is false when no desk that is open can serve them, when the line is too long to play, and as long as nothing
// is known of the service.
func (f *Floor) Expect(src ledger.Source, w queue.Waiter, nowMs int64) (lowMin, highMin int, ok bool) {
	s := f.scene(src, nowMs)
	who := slices.IndexFunc(s.Waiting, func(o queue.Waiter) bool { return o.Number == w.Number })
	if who < 0 {
		who = len(s.Waiting)
		s.Waiting = append(s.Waiting, w)
	}
	e := s.Estimate(who)
	return e.LowMin, e.HighMin, e.Known == queue.Range
}

// scene is what an estimate stands on, as the ledger knows it.
func (f *Floor) scene(src ledger.Source, nowMs int64) queue.Scene {
	s := queue.Scene{
		Rules: f.rules(), NowMs: nowMs, Times: map[id.Service]queue.Times{},
		Pauses: visit.PausesOf(src).Times(), Drag: visit.PaceOf(src).Drag(),
	}
	at := moment{axis: nowMs, clock: f.Ledger.Clock().Now()}
	for _, service := range f.Catalogue.Services {
		ready, gated := f.lineup(src, service.Code, at, anybody)
		s.Waiting = append(append(s.Waiting, ready.as...), gated.as...)
		s.Times[service.Code] = visit.TimesOf(src, service.Code, nowMs, service.Target.Milliseconds())
		s.Coming = append(s.Coming, f.coming(src, service, nowMs)...)
	}
	for _, d := range f.Catalogue.Desks {
		s.Seats = append(s.Seats, f.seat(src, d))
	}
	return s
}

// coming is who may still come to a service: nobody, once it takes no one new.
func (f *Floor) coming(src ledger.Source, s Service, nowMs int64) []queue.Coming {
	if _, closed := visit.LineClosed(src, s.Code); closed {
		return nil
	}
	all := visit.ComingTo(src, s.Code, nowMs)
	for i := range all {
		all[i].Waiter.Needs.Machine = s.Machine
	}
	return all
}

func (f *Floor) seat(src ledger.Source, d Desk) queue.Seat {
	seat := queue.Seat{Desk: f.deskNow(src, d)}
	if status := visit.StatusOf(src, d.Code); status.State == visit.DeskPaused {
		seat.Desk.Open, seat.PausedMs = true, status.Since.Axis
	}
	if v, ok := visit.AtDesk(src, d.Code); ok {
		seat.Busy, seat.BusySinceMs = v.Stop().Service, v.Stop().Called.Axis
	}
	return seat
}

// outcome is what became of the wait that was promised at a stop; nil for none, and while nobody was called. It counts the
// first call: of who came back after a no-show it is not kept when that was, and a night is no wait.
func outcome(v *visit.Visit, stop int, day string) *queue.Outcome {
	s := &v.Stops[stop]
	if v.Carried != "" || s.HighMin == 0 || s.Called.Seq == 0 || s.Returns > 0 {
		return nil
	}
	return &queue.Outcome{
		Service: s.Service, Day: day, LowMin: int(s.LowMin), HighMin: int(s.HighMin), WaitMs: s.Called.Axis - s.Waited.Axis,
	}
}

// lineCache keeps the lines of one acknowledged state: three hundred phones ask for them after every press.
type lineCache struct {
	mu    sync.Mutex
	of    *ledger.Ledger // guarded by mu, as is what follows
	seq   uint64
	lines map[id.Service]*[2]lined
}

// seen is lineup of a snapshot for anybody, read once for each state. Nobody may change what it gives.
func (f *Floor) seen(snap ledger.Snapshot, s id.Service, at moment) (ready, gated lined) {
	c := &f.lines
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of != f.Ledger || c.seq != snap.Seq() || c.lines == nil {
		c.of, c.seq, c.lines = f.Ledger, snap.Seq(), map[id.Service]*[2]lined{}
	}
	if c.lines[s] == nil {
		ready, gated := f.lineup(snap, s, at, anybody)
		c.lines[s] = &[2]lined{ready, gated}
	}
	return c.lines[s][0].at(at), c.lines[s][1].at(at)
}

// at is the same people when the clock may say something else than when they were read: an appointment is by the wall.
func (l lined) at(now moment) lined {
	booked := func(w visit.Waiter) bool { return w.Appointment != 0 }
	if !slices.ContainsFunc(l.who, booked) {
		return l
	}
	out := lined{l.who, slices.Clone(l.as)}
	for i, w := range l.who {
		out.as[i].ApptMs = now.appointment(w.Appointment)
	}
	return out
}
