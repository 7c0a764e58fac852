package year

import (
	"slices"

	"markaz.example/edge/id"
	"markaz.example/edge/queue"
)

// shift is one day being played under rules.
type shift struct {
	day
	rules  queue.Rules
	every  int  // a promise is made to each so manyth stop; 0 is none
	blind  bool // the control: the estimator sees one desk only
	desks  []queue.Desk
	now    int64
	busy   [desks]int64 // until
	since  [desks]int64
	hand   [desks]id.Service
	line   []queue.Waiter
	came   []queue.Waiter
	coming []standing // stops that will begin to wait, by time
	turn   map[uint64]standing
	made   map[uint64]queue.Estimate
	today  map[id.Service][]int64
	past   map[id.Service][]int64
	served map[id.Service]int
	found
}

// standing is a visitor at one of their stops.
type standing struct {
	who, stop int
	atMs      int64
}

// found is what a day brought.
type found struct {
	outcomes  []queue.Outcome
	waits     map[queue.Class][]int64
	calls     int
	overtaken int
	rules     map[queue.Rule]int
	lastMs    int64
}

func (s *shift) play() {
	s.desks, s.turn, s.made = seats(), map[uint64]standing{}, map[uint64]queue.Estimate{}
	s.today, s.waits, s.found.rules = map[id.Service][]int64{}, map[queue.Class][]int64{}, map[queue.Rule]int{}
	for i, v := range s.visitors {
		s.coming = append(s.coming, standing{i, 0, v.atMs})
	}
	for s.now = openMs; s.now < s.ceaseMs; s.now = s.next() {
		s.welcome()
		for d := range s.desks {
			s.desks[d].Open = s.back(d) <= s.now
			if s.busy[d] <= s.now && s.desks[d].Open {
				s.hand[d] = ""
				s.call(d)
			}
		}
	}
}

// back is when a desk's pause ends; before now if there is none.
func (s *shift) back(d int) int64 {
	back := int64(0)
	for _, p := range s.pauses[d] {
		if p.fromMs <= s.now && s.now < p.toMs {
			back = max(back, p.toMs)
		}
	}
	return back
}

// next is the next moment at which anything can change.
func (s *shift) next() int64 {
	at := s.ceaseMs
	if len(s.coming) > 0 {
		at = min(at, s.coming[0].atMs)
	}
	for d := range s.desks {
		if free := max(s.busy[d], s.back(d)); free > s.now {
			at = min(at, free)
		}
	}
	return at
}

func (s *shift) welcome() {
	for len(s.coming) > 0 && s.coming[0].atMs <= s.now {
		c := s.coming[0]
		s.coming = s.coming[1:]
		v := s.visitors[c.who]
		w := queue.Waiter{
			Service: v.stops[c.stop].service, Class: v.class, SinceMs: s.now, SeniorityMs: s.now,
			Number: uint64(c.who), ApptMs: v.apptMs, Needs: v.needs,
		}
		if c.stop > 0 && v.class == queue.Normal {
			w.Class = queue.Returning
		}
		s.line, s.came, s.turn[w.Number] = append(s.line, w), append(s.came, w), c
		if s.every > 0 && (c.who+c.stop)%s.every == 0 {
			s.made[w.Number] = s.scene().Estimate(len(s.line) - 1)
		}
	}
}

func (s *shift) call(d int) {
	i, why, ok := queue.Next(s.rules, s.desks[d], s.line, s.now)
	if !ok {
		return
	}
	w := s.line[i]
	c := s.turn[w.Number]
	v := s.visitors[c.who]
	s.line = slices.Delete(s.line, i, i+1)
	s.note(w, v, why)
	took := v.stops[c.stop].tookMs
	s.busy[d], s.since[d], s.hand[d], s.lastMs = s.now+took, s.now, w.Service, s.now+took
	s.today[w.Service] = append(s.today[w.Service], took) // known before it ended, which a box could not: flatters the estimator
	if next := c.stop + 1; next < len(v.stops) && !v.stops[c.stop].noShow {
		s.expect(standing{c.who, next, s.busy[d] + minuteMs})
	}
}

func (s *shift) expect(c standing) {
	at, _ := slices.BinarySearchFunc(s.coming, c.atMs, func(o standing, ms int64) int { return int(o.atMs - ms) })
	s.coming = slices.Insert(s.coming, at, c)
}

func (s *shift) note(w queue.Waiter, v visitor, why queue.Why) {
	waited := s.now - w.SinceMs
	s.waits[v.class] = append(s.waits[v.class], waited)
	s.calls++
	s.overtaken += why.Overtaken
	s.found.rules[why.Rule]++
	if e, ok := s.made[w.Number]; ok && e.Known == queue.Range {
		s.outcomes = append(s.outcomes, queue.Outcome{
			Service: w.Service, Day: s.date, LowMin: e.LowMin, HighMin: e.HighMin, P80Ms: e.P80Ms, WaitMs: waited,
		})
	}
	delete(s.made, w.Number)
}

// scene is what the box could know now.
func (s *shift) scene() queue.Scene {
	scene := queue.Scene{Rules: s.rules, NowMs: s.now, Waiting: s.line, Times: map[id.Service]queue.Times{}}
	for _, o := range offers {
		scene.Times[o.name] = queue.NewTimes(s.today[o.name], s.past[o.name], int64(o.minutes*minuteMs))
	}
	scene.Coming, scene.Drag = s.expected(), dragPercent
	for d, desk := range s.desks {
		desk.Open = !s.blind || d == 0 || d == 5 || d == 8 || d == 10
		seat := queue.Seat{Desk: desk, BackMs: s.back(d)}
		if s.busy[d] > s.now {
			seat.Busy, seat.BusySinceMs = s.hand[d], s.since[d]
		}
		scene.Seats = append(scene.Seats, seat)
	}
	return scene
}

// dragPercent is what desks lose to pauses: some forty minutes of seven hours, taken from world.go and not measured.
const dragPercent = 10

// expected is who comes yet of those who may go before others, as they came in the last hour.
func (s *shift) expected() []queue.Coming {
	count := map[queue.Waiter]int64{}
	for i := len(s.came) - 1; i >= 0 && s.came[i].SinceMs > s.now-60*minuteMs; i-- {
		if w := s.came[i]; w.Class != queue.Normal {
			count[queue.Waiter{Service: w.Service, Class: w.Class}]++
		}
	}
	var all []queue.Coming
	for _, o := range offers {
		for _, c := range queue.Classes() {
			if n := count[queue.Waiter{Service: o.name, Class: c}]; n > 0 {
				w := queue.Waiter{Service: o.name, Class: c, Number: uint64(1<<20 + len(all))}
				all = append(all, queue.Coming{Waiter: w, EveryMs: min(60*minuteMs, max(s.now-openMs, minuteMs)) / n})
			}
		}
	}
	return all
}
