package desk_test

import (
	"slices"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
)

// modelled is a visit as the model knows it.
type modelled struct {
	id      id.Visit
	number  int // order of opening
	token   id.Token
	code    id.Code // as the last slip said
	day     string
	days    []string // on which it has its number
	carried string

	stops  []stop
	at     int
	walked []int
	plan   []int
	end    visit.State

	persons     int
	class, fact string
	needs       visit.Needs
	journey     string
	marks       []string
	appointment int64
	from        id.Visit
	senior      int64 // of its first stop; 0 for when the paper comes

	inHand  bool
	noPaper bool // from the paper book
	paper   paper.State
	reprint bool
	inks    int // copies that are or may be out
	placed  int // day on which its slip was queued last

	changes int  // how often it changed
	dirty   bool // by the present step
}

// stop is one service of a visit.
type stop struct {
	facts
	called clock.Stamp // first call
	voiced clock.Stamp // last call
	shown  *shown      // its last call on the hall screen
}

// facts is what the model and the floor both know of a stop.
type facts struct {
	Service          id.Service
	State            visit.State
	Since            int64 // on the axis
	Desk, To         id.Desk
	Staff, Note      string
	Pool             bool
	Outcome          string
	Class            string
	Seniority        int64
	Gate             int // calls of its service that go before
	Returns, Recalls int
	Missed           int
	WaitMs, ServedMs int64
	HeldMs, ParkedMs int64
}

func factsOf(s *visit.Stop) facts {
	return facts{
		s.Service, s.State, s.Since.Axis, s.Desk, s.To, s.Staff, s.Note, s.Pool, s.Outcome, s.Class, s.Seniority, int(s.Gate),
		int(s.Returns), s.Recalls, int(s.Missed), s.WaitMs, s.ServedMs, s.HeldMs, s.ParkedMs,
	}
}

func (v *modelled) copied() modelled {
	c := *v
	c.stops, c.walked, c.plan, c.marks = slices.Clone(v.stops), slices.Clone(v.walked), slices.Clone(v.plan), slices.Clone(v.marks)
	return c
}

func (v *modelled) over() bool  { return v.end != "" }
func (v *modelled) stop() *stop { return &v.stops[v.at] }

func (v *modelled) state() visit.State {
	if v.over() {
		return v.end
	}
	return v.stop().State
}

func (v *modelled) is(states ...visit.State) bool { return slices.Contains(states, v.state()) }

func (v *modelled) atDesk() bool { return v.is(visit.StateCalled, visit.StateServing) }

// change says that the present step changed a visit.
func (v *modelled) change() { v.changes, v.dirty = v.changes+1, true }

// turn brings a stop to a state and adds up how long it was in the one before.
func (m *model) turn(s *stop, to visit.State) {
	passed := m.axis - s.Since
	switch s.State {
	case visit.StateWaiting:
		s.WaitMs += passed
	case visit.StateServing:
		s.ServedMs += passed
	case visit.StateHold:
		s.HeldMs += passed
	case visit.StateParked:
		s.ParkedMs += passed
	}
	s.State, s.Since = to, m.axis
}

// wait puts the present stop in line.
func (m *model) wait(v *modelled, seniority int64) {
	s := v.stop()
	m.turn(s, visit.StateWaiting)
	s.Seniority, s.Gate, s.Class = seniority, 0, v.classNow()
}

// classNow: a class that somebody saw is kept; an appointment is for the first stop.
func (v *modelled) classNow() string {
	switch v.class {
	case "", "normal", "appointment":
		if len(v.walked) > 0 {
			return "returning"
		}
	}
	if v.class == "" {
		return "normal"
	}
	return v.class
}

// endStop ends the present stop and goes on to another; -1 is as planned.
func (m *model) endStop(v *modelled, s visit.State, outcome string, next int) {
	v.stop().Outcome = outcome
	m.turn(v.stop(), s)
	v.walked = append(v.walked, v.at)
	if len(v.plan) == 0 {
		v.end = v.ended()
		return
	}
	if next < 0 {
		next = v.plan[0]
	}
	v.plan = slices.DeleteFunc(slices.Clone(v.plan), func(i int) bool { return i == next })
	v.at = next
	m.wait(v, m.axis)
}

// ended is how a visit ended whose stops ended by themselves: the best of them counts.
func (v *modelled) ended() visit.State {
	for _, s := range []visit.State{visit.StateDone, visit.StateFailed} {
		if slices.ContainsFunc(v.stops, func(one stop) bool { return one.State == s }) {
			return s
		}
	}
	return visit.StateCancelled
}

// add brings a stop into a visit.
func (m *model) add(v *modelled, s facts, next bool) {
	s.State, s.Since = visit.StatePlanned, m.axis
	v.stops = append(v.stops, stop{facts: s})
	i := len(v.stops) - 1
	if next {
		v.plan = append([]int{i}, v.plan...)
		return
	}
	v.plan = append(slices.Clone(v.plan), i)
}

// settle ends a visit with all its stops.
func (m *model) settle(v *modelled, s visit.State) {
	for _, i := range append([]int{v.at}, v.plan...) {
		m.turn(&v.stops[i], s)
		v.walked = append(v.walked, i)
		v.at = i
	}
	v.plan, v.end = nil, s
	v.change()
}

// comes says whether a visit is at a service or will come to it.
func (v *modelled) comes(s id.Service) bool {
	return slices.ContainsFunc(append([]int{v.at}, v.plan...), func(i int) bool { return v.stops[i].Service == s })
}

func (v *modelled) everComes(s id.Service) bool {
	return slices.ContainsFunc(v.stops, func(one stop) bool { return one.Service == s })
}

// line is who waits for a service.
func (m *model) line(s id.Service) (all []*modelled) {
	for _, v := range m.visits {
		if v.state() == visit.StateWaiting && v.stop().Service == s {
			all = append(all, v)
		}
	}
	return all
}
