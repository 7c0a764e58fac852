package queue

import (
	"math/rand/v2"

	"markaz.example/edge/id"
)

// play is a scene made ready to be run many times.
type play struct {
	scene   Scene
	me      uint64 // number of whose wait it is
	chance  *rand.PCG
	columns []column
	seats   []place
	streams []stream
	pauses  Times
	nextMs  int64 // when the next of all streams comes
	off     int64 // permille by which this run's times are off
}

// place is a seat in a play.
type place struct {
	Seat
	picker *picker
	sees   []sees
	busy   *Times // of the call in its hand; nil is none
	freeMs int64
}

// sees is a column that a desk can call from, and which of its lines that is.
type sees struct {
	column *column
	line   int32
}

// stream is a kind of people who still come.
type stream struct {
	column  *column
	usualMs int64 // between two of them
	everyMs int64 // in this run
	nextMs  int64
}

// never is the time of what does not happen.
const never = int64(1) << 62

func newPlay(s Scene, who int) *play {
	p := &play{scene: s, me: s.Waiting[who].Number, chance: rand.NewPCG(s.seed(who)), pauses: s.pauses()}
	cols := columns{place: map[alike]int{}}
	for i := range s.Waiting {
		w := &s.Waiting[i]
		c := cols.of(s.Rules, w)
		c.people = append(c.people, person{w.SeniorityMs, w.SinceMs, w.Number})
	}
	for i := range s.Coming {
		cols.of(s.Rules, &s.Coming[i].Waiter)
	}
	cols.sort()
	p.columns = cols.all
	for i := range p.columns {
		p.columns[i].times = s.timesOf(p.columns[i].as.Service, who)
	}
	for i := range s.Coming {
		if c := &s.Coming[i]; c.EveryMs > 0 {
			p.streams = append(p.streams, stream{column: cols.of(s.Rules, &c.Waiter), usualMs: c.EveryMs})
		}
	}
	for _, seat := range s.Seats {
		p.seats = append(p.seats, p.place(seat, who))
	}
	return p
}

func (p *play) place(seat Seat, who int) place {
	at := place{Seat: seat, picker: newPicker(p.scene.Rules, seat.Desk)}
	if seat.Busy != "" {
		at.busy = p.scene.timesOf(seat.Busy, who)
	}
	for i := range p.columns {
		if l := seat.Desk.line(&p.columns[i].as); l != nowhere {
			at.sees = append(at.sees, sees{&p.columns[i], l})
		}
	}
	return at
}

// timesOf is what is known of a service, or the nearest guess: what is known of the one in question.
func (s Scene) timesOf(service id.Service, who int) *Times {
	t := s.Times[service]
	if !t.Known {
		t = s.Times[s.Waiting[who].Service]
	}
	return &t
}

// pauses is how long desks stay away.
func (s Scene) pauses() Times {
	if s.Pauses.Known {
		return s.Pauses
	}
	return Times{ofTarget(pauseMs), true, 0}
}

// seed mixes what differs from scene to scene.
func (s Scene) seed(who int) (uint64, uint64) {
	h := uint64(14695981039346656037) // FNV-1a
	mix := func(v uint64) { h = (h ^ v) * 1099511628211 }
	mix(uint64(s.NowMs))
	mix(s.Waiting[who].Number)
	for i := range s.Waiting {
		mix(s.Waiting[i].Number)
		mix(uint64(s.Waiting[i].SeniorityMs))
	}
	for i := range s.Seats {
		mix(uint64(s.Seats[i].BusySinceMs))
		mix(uint64(s.Seats[i].PausedMs))
	}
	return h, uint64(len(s.Waiting))
}

// run is one wait, at most waitMsMax.
func (p *play) run() int64 {
	p.begin()
	now := p.scene.NowMs
	for {
		seat := p.soonest()
		if seat.freeMs >= p.scene.NowMs+waitMsMax {
			return waitMsMax
		}
		now = max(now, seat.freeMs)
		p.welcome(now)
		at := seat.pick(now)
		if at == nowhere {
			seat.freeMs = p.nextMs
			continue
		}
		called := seat.sees[at].column
		if called.call().number == p.me {
			return now - p.scene.NowMs
		}
		seat.freeMs = now + p.took(called.times.after(0, p.chance.Uint64()), called.times.Spread)
	}
}

// pick is whom a desk calls: the place in sees of the column whose first it is, or nowhere.
func (s *place) pick(now int64) int {
	clear(s.picker.lines)
	for i := range s.sees {
		c := s.sees[i].column
		if n := c.waiting(); n > 0 {
			stands := c.standing(s.picker.brake, now)
			s.picker.lines[s.sees[i].line].see(i, n, &stands)
		}
	}
	return s.picker.choose(now)
}

// begin sets the line and the desks as they are now.
func (p *play) begin() {
	for i := range p.columns {
		p.columns[i].begin()
	}
	p.off = p.thousand() + p.thousand() + p.thousand()
	crowd := 1000 + (p.thousand()+p.thousand()+p.thousand())*crowdSpread/1000
	for i := range p.seats {
		p.seats[i].freeMs = p.free(&p.seats[i])
	}
	for i := range p.streams {
		s := &p.streams[i]
		s.everyMs = s.usualMs * 1000 / max(crowd, 100)
		s.nextMs = p.scene.NowMs + p.gap(s.everyMs)
	}
	p.nextMs = p.nextArrival()
}

// free is when a desk calls next, as this run draws it.
func (p *play) free(s *place) int64 {
	free := p.scene.NowMs
	switch {
	case !s.Desk.Open:
		return never
	case s.PausedMs != 0:
		free = s.PausedMs + p.pauses.after(max(free-s.PausedMs, 0), p.chance.Uint64())
	}
	if s.busy != nil {
		passed := max(p.scene.NowMs-s.BusySinceMs, 0)
		rest := s.busy.after(passed, p.chance.Uint64()) - passed
		free = max(free, p.scene.NowMs+rest)
	}
	return free
}

// thousand is evenly between -1000 and 1000; the sum of three has a standard deviation of 1000.
func (p *play) thousand() int64 { return int64(p.chance.Uint64()%2001) - 1000 }

// took is a drawn time, off by as much as this run is.
func (p *play) took(ms, spread int64) int64 {
	return max(ms+ms*p.off/1000*spread/1000, ms/4) * (100 + p.scene.Drag) / 100
}

// gap is drawn from what is between people who come independently.
func (p *play) gap(every int64) int64 {
	return 1 + every*gaps[p.chance.Uint64()%uint64(len(gaps))]/1000
}

func (p *play) soonest() *place {
	best := &p.seats[0]
	for i := range p.seats {
		if p.seats[i].freeMs < best.freeMs {
			best = &p.seats[i]
		}
	}
	return best
}

func (p *play) nextArrival() int64 {
	next := never
	for i := range p.streams {
		next = min(next, p.streams[i].nextMs)
	}
	return next
}

// welcome puts whoever has come by now into their lines.
func (p *play) welcome(now int64) {
	if now < p.nextMs {
		return
	}
	for i := range p.streams {
		s := &p.streams[i]
		for s.nextMs <= now {
			s.column.come(s.nextMs)
			s.nextMs += p.gap(s.everyMs)
		}
	}
	p.nextMs = p.nextArrival()
}

// gaps are the middles of 32 equal parts of an exponential distribution, of mean 1000.
var gaps = [...]int64{
	16, 48, 81, 116, 152, 189, 227, 267, 309, 352, 398, 445, 495, 548, 604, 662,
	725, 792, 863, 940, 1023, 1114, 1214, 1326, 1451, 1594, 1761, 1962, 2213, 2549, 3060, 4504,
}
