package queue

import (
	"math/rand/v2"
	"slices"
)

// play is a scene made ready to be run many times.
type play struct {
	scene    Scene
	who      int
	chance   *rand.PCG
	everyone []Waiter // those who wait, then room for those who come
	all      []entry
	views    []view
	pickers  []*picker
	times    []Times // of everyone
	left     []int32
	free     []int64 // of each seat
	coming   []arrival
	off      int64 // permille by which this run's times are off
}

type arrival struct {
	atMs int64
	who  int32
}

// never is the time of what does not happen.
const never = int64(1) << 62

func newPlay(s Scene, who int) *play {
	p := &play{scene: s, who: who, chance: rand.NewPCG(s.seed(who)), free: make([]int64, len(s.Seats))}
	p.everyone = slices.Clone(s.Waiting)
	for _, c := range s.Coming {
		p.everyone = append(p.everyone, c.Waiter)
	}
	p.all = entries(s.Rules, p.everyone)
	for _, seat := range s.Seats {
		p.pickers = append(p.pickers, newPicker(s.Rules, seat.Desk))
		p.views = append(p.views, newView(seat.Desk, p.everyone))
	}
	for _, w := range p.everyone {
		t := s.Times[w.Service]
		if !t.Known {
			t = s.Times[s.Waiting[who].Service] // the nearest guess
		}
		p.times = append(p.times, t)
	}
	return p
}

// seed mixes what differs from scene to scene.
func (s Scene) seed(who int) (uint64, uint64) {
	h := uint64(14695981039346656037) // FNV-1a
	mix := func(v uint64) { h = (h ^ v) * 1099511628211 }
	mix(uint64(s.NowMs))
	mix(s.Waiting[who].Number)
	for _, w := range s.Waiting {
		mix(w.Number)
		mix(uint64(w.SeniorityMs))
	}
	for _, seat := range s.Seats {
		mix(uint64(seat.BusySinceMs))
		mix(uint64(seat.BackMs))
	}
	return h, uint64(len(s.Waiting))
}

// run is one wait, at most waitMsMax.
func (p *play) run() int64 {
	p.begin()
	now := p.scene.NowMs
	for {
		seat := p.soonest()
		if p.free[seat] >= p.scene.NowMs+waitMsMax {
			return waitMsMax
		}
		now = max(now, p.free[seat])
		p.welcome(now)
		at := p.pickers[seat].pick(p.all, p.views[seat], p.left, now)
		if at == nowhere {
			p.free[seat] = p.nextArrival()
			continue
		}
		who := p.left[at]
		if int(who) == p.who {
			return now - p.scene.NowMs
		}
		p.left[at] = p.left[len(p.left)-1]
		p.left = p.left[:len(p.left)-1]
		p.free[seat] = now + p.took(p.times[who].after(0, p.chance.Uint64()), p.times[who].Spread)
	}
}

// begin sets the line and the desks as they are now.
func (p *play) begin() {
	p.left, p.coming = p.left[:0], p.coming[:0]
	for i := range p.scene.Waiting {
		p.left = append(p.left, int32(i))
	}
	p.off = int64(p.chance.Uint64()%2001) + int64(p.chance.Uint64()%2001) + int64(p.chance.Uint64()%2001) - 3000
	for i, seat := range p.scene.Seats {
		p.free[i] = max(p.scene.NowMs, seat.BackMs)
		if t, ok := p.scene.Times[seat.Busy]; ok && t.Known && seat.Busy != "" {
			passed := p.scene.NowMs - seat.BusySinceMs
			p.free[i] = max(p.free[i], seat.BusySinceMs+t.after(passed, p.chance.Uint64()))
		}
		if !seat.Desk.Open {
			p.free[i] = never
		}
	}
	for i, c := range p.scene.Coming {
		if c.EveryMs > 0 {
			p.coming = append(p.coming, arrival{p.scene.NowMs + p.gap(c.EveryMs), int32(len(p.scene.Waiting) + i)})
		}
	}
}

// took is a drawn time, off by as much as this run is; the sum of three draws has a standard deviation of 1000.
func (p *play) took(ms, spread int64) int64 {
	return max(ms+ms*p.off/1000*spread/1000, ms/4) * (100 + p.scene.Drag) / 100
}

func (p *play) gap(every int64) int64 { return 1 + int64(p.chance.Uint64()%uint64(2*every)) }

func (p *play) soonest() int {
	best := 0
	for i, f := range p.free {
		if f < p.free[best] {
			best = i
		}
	}
	return best
}

func (p *play) nextArrival() int64 {
	next := never
	for _, a := range p.coming {
		next = min(next, a.atMs)
	}
	return next
}

// welcome puts whoever has come by now into their lines. A stream has one place: while its last is waiting, a next counts as
// served with it.
func (p *play) welcome(now int64) {
	for i := range p.coming {
		a := &p.coming[i]
		if a.atMs > now {
			continue
		}
		if !slices.Contains(p.left, a.who) {
			e := &p.all[a.who]
			e.seniority, e.since = a.atMs, a.atMs
			p.left = append(p.left, a.who)
		}
		a.atMs = now + p.gap(p.scene.Coming[int(a.who)-len(p.scene.Waiting)].EveryMs)
	}
}
