package year

import (
	"fmt"
	"hash/fnv"
	"slices"

	"markaz.example/edge/id"
	"markaz.example/edge/queue"
)

// shift is one day being played under rules.
type shift struct {
	day
	rules  queue.Rules
	every  int  // a promise is made to one stop of so many; 0 is none
	blind  bool // the control: the estimator sees a third of the desks
	desks  []queue.Desk
	now    int64
	work   [desks]work
	line   []queue.Waiter
	coming []standing // stops that will begin to wait, by time
	turn   map[uint64]standing
	made   map[uint64]queue.Estimate
	known  *knowledge
	found
}

// work is what a desk does.
type work struct {
	service  id.Service // in its hand; empty is none
	sinceMs  int64
	untilMs  int64
	tookMs   int64 // its last call; 0 before
	pausedMs int64 // since; 0 is not
}

// standing is a visitor at one of their stops.
type standing struct {
	who, stop int
	atMs      int64
}

// found is what a day brought.
type found struct {
	outcomes []queue.Outcome
	waits    map[queue.Class][]int64
	calls    int
	passing  map[queue.Rule]int // calls that went before an earlier one of the same service, and why
	passed   map[queue.Rule]int // those before whom they went
	rules    map[queue.Rule]int
	lastMs   int64
}

func (s *shift) play() {
	s.desks, s.turn, s.made = seats(), map[uint64]standing{}, map[uint64]queue.Estimate{}
	s.waits, s.found.rules = map[queue.Class][]int64{}, map[queue.Rule]int{}
	s.passing, s.passed = map[queue.Rule]int{}, map[queue.Rule]int{}
	for i, v := range s.visitors {
		s.coming = append(s.coming, standing{i, 0, v.atMs})
	}
	for s.now = openMs; s.now < s.ceaseMs; s.now = s.next() {
		for d := range s.desks {
			s.end(d)
			s.pause(d)
		}
		s.welcome()
		for d := range s.desks {
			if s.work[d].service == "" && s.desks[d].Open {
				s.call(d)
			}
		}
	}
}

// end ends a desk's call when it is time, and lets the estimator know only then.
func (s *shift) end(d int) {
	w := &s.work[d]
	if w.service == "" || w.untilMs > s.now {
		return
	}
	w.tookMs = w.untilMs - w.sinceMs
	s.known.ended(s.date, w.service, s.now, w.tookMs)
	w.service = ""
}

// pause opens a desk or lets it pause.
func (s *shift) pause(d int) {
	w, open := &s.work[d], s.back(d) <= s.now
	switch {
	case open && w.pausedMs != 0:
		s.known.paused(s.now - w.pausedMs)
		w.pausedMs = 0
	case !open && w.pausedMs == 0:
		w.pausedMs = s.now
	}
	s.desks[d].Open = open
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
		for _, free := range []int64{s.work[d].untilMs, s.back(d)} {
			if free > s.now {
				at = min(at, free)
			}
		}
		for _, p := range s.pauses[d] {
			if p.fromMs > s.now {
				at = min(at, p.fromMs)
			}
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
		s.line, s.turn[w.Number] = append(s.line, w), c
		s.known.came(w)
		if s.every > 0 && pick(s.date, c.who, c.stop)%uint64(s.every) == 0 {
			s.made[w.Number] = s.scene().Estimate(len(s.line) - 1)
		}
	}
}

// pick is a number that has nothing to do with when somebody comes.
func pick(date string, who, stop int) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s/%d/%d", date, who, stop)
	return h.Sum64() >> 16
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
	work := &s.work[d]
	if work.tookMs > 0 {
		s.known.pace.Add(work.tookMs, s.now-work.untilMs, w.SinceMs <= work.untilMs)
	}
	work.service, work.sinceMs, work.untilMs = w.Service, s.now, s.now+v.stops[c.stop].tookMs
	s.lastMs = work.untilMs
	if next := c.stop + 1; next < len(v.stops) && !v.stops[c.stop].noShow {
		s.expect(standing{c.who, next, work.untilMs + minuteMs})
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
	s.found.rules[why.Rule]++
	if why.Overtaken > 0 {
		s.passing[reason(w, s.now)]++
		s.passed[reason(w, s.now)] += why.Overtaken
	}
	if e, ok := s.made[w.Number]; ok && e.Known == queue.Range {
		s.outcomes = append(s.outcomes, queue.Outcome{
			Service: w.Service, Day: s.date, LowMin: e.LowMin, HighMin: e.HighMin, P80Ms: e.P80Ms, WaitMs: waited,
		})
	}
	delete(s.made, w.Number)
}

// reason is what lets somebody go before others of the same service.
func reason(w queue.Waiter, now int64) queue.Rule {
	switch {
	case w.Class == queue.Emergency:
		return queue.ByEmergency
	case w.ApptMs != 0 && now >= w.ApptMs-queue.DefaultRules().EarlyMs:
		return queue.ByAppointment
	}
	return queue.ByClass
}

// scene is what the box could know now.
func (s *shift) scene() queue.Scene {
	scene := queue.Scene{Rules: s.rules, NowMs: s.now, Waiting: s.line}
	s.known.tell(&scene, s.date)
	for d, desk := range s.desks {
		desk.Open = !s.blind || d == 0 || d == 5 || d == 8 || d == 10
		w := s.work[d]
		seat := queue.Seat{Desk: desk, Busy: w.service, BusySinceMs: w.sinceMs, PausedMs: w.pausedMs}
		scene.Seats = append(scene.Seats, seat)
	}
	return scene
}
