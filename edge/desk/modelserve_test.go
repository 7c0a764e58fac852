package desk_test

import (
	"context"
	"slices"

	"pgregory.net/rapid"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
)

func drawOutcome(t *rapid.T) string {
	return rapid.SampledFrom([]string{"done", "done", "referred", "papers-missing"}).Draw(t, "outcome")
}

func (m *model) deskFinishes(t *rapid.T) {
	d, v := m.drawIn(t, visit.StateServing)
	outcome := drawOutcome(t)
	err := m.Finish(context.Background(), d, outcome, false)
	if v == nil {
		want(t, err, desk.NobodyServed)
		return
	}
	want(t, err, "")
	m.overflow(v, outcome)
	m.press(d, "finished", func(*press) { m.finish(v, visit.StateDone, outcome) }, v)
	m.endWithDay(v)
}

func (m *model) deskFails(t *rapid.T) {
	d, v := m.drawIn(t, visit.StateServing)
	err := m.Fail(context.Background(), d, "system-down")
	if v == nil {
		want(t, err, desk.NobodyServed)
		return
	}
	want(t, err, "")
	m.overflow(v, "system-down")
	m.press(d, "failed", func(*press) { m.finish(v, visit.StateFailed, "system-down") }, v)
	m.endWithDay(v)
}

func (m *model) deskFinishesAndCalls(t *rapid.T) {
	code, v := m.drawIn(t, visit.StateServing)
	d, outcome := m.desk(code), drawOutcome(t)
	got, err := m.FinishNext(context.Background(), d.Code, outcome, false)
	if v == nil {
		want(t, err, desk.NobodyServed)
		return
	}
	want(t, err, "")
	m.overflow(v, outcome)
	before := v.copied()
	m.finish(v, visit.StateDone, outcome)
	next := []*modelled{}
	if m.busy(d.Code) == "" {
		next = m.upcoming(d, 1)
	}
	if len(next) == 1 {
		if err := m.fair(d, next[0]); err != nil {
			t.Fatal(err)
		}
	}
	*v = before
	m.press(d.Code, "finished", func(p *press) {
		m.finish(v, visit.StateDone, outcome)
		for _, n := range next {
			m.call(p, d.Code, n)
		}
	}, append([]*modelled{v}, next...)...)
	m.endWithDay(v)
	if (got == nil) != (len(next) == 0) || got != nil && got.Visit != next[0].id {
		t.Fatalf("desk %s called %+v, want %+v", d.Code, got, next)
	}
}

// finish ends the stop that a visit is at; its journey says what follows.
func (m *model) finish(v *modelled, s visit.State, outcome string) {
	j, _ := m.journey(v.journey)
	follows := m.follows(v, outcome)
	room := min(visit.StopsMax-len(v.stops), len(follows))
	for _, s := range slices.Backward(follows[:room]) {
		m.add(v, facts{Service: s}, true)
	}
	next := -1
	if j.Free {
		var services []id.Service
		for _, i := range v.plan {
			services = append(services, v.stops[i].Service)
		}
		if i := m.shortest(services, false); i >= 0 {
			next = v.plan[i]
		}
	}
	m.endStop(v, s, outcome, next)
}

// follows is what the journey of a visit adds, in the order of its rules.
func (m *model) follows(v *modelled, outcome string) (all []id.Service) {
	j, _ := m.journey(v.journey)
	for _, r := range j.Rules {
		if m.holds(r, v, outcome) && !v.everComes(r.Add) && !slices.Contains(all, r.Add) {
			all = append(all, r.Add)
		}
	}
	return all
}

// overflow marks a visit that has no room for what follows; that stays when the outcome is taken back.
func (m *model) overflow(v *modelled, outcome string) {
	if len(v.stops)+len(m.follows(v, outcome)) > visit.StopsMax && !contains(v.marks, desk.MarkFull) && len(v.marks) < visit.MarksMax {
		v.marks = append(v.marks, desk.MarkFull)
		v.change()
	}
}

func (m *model) holds(r desk.Rule, v *modelled, outcome string) bool {
	return (r.After == "" || r.After == v.stop().Service) && (r.Outcome == "" || r.Outcome == outcome) &&
		(r.Mark == "" || contains(v.marks, r.Mark))
}

// endWithDay ends what is left of somebody who was served when the day was closed.
func (m *model) endWithDay(v *modelled) {
	if !v.over() && !v.atDesk() && !m.keeps(v) {
		m.leaveAtEnd(v)
	}
}

// keeps says that somebody whom no desk has is called again: the day is open, or they go over into the next.
func (m *model) keeps(v *modelled) bool { return !m.closed || m.carry && v.goesOver() }

// unkept is why a desk keeps whom it serves when it would let them wait; empty when it may.
func (m *model) unkept(v *modelled) string {
	if m.keeps(v) {
		return ""
	}
	return desk.NobodyLater
}

func (m *model) deskTransfers(t *rapid.T) {
	d, v := m.drawIn(t, visit.StateServing)
	to := desk.Handing{Service: drawService(t), Note: rapid.SampledFrom([]string{"", "check-card"}).Draw(t, "note")}
	to.Desk = rapid.SampledFrom([]id.Desk{"", "", "A", "B", "C"}).Draw(t, "to")
	to.Staff = rapid.SampledFrom([]string{"", "", "S009"}).Draw(t, "staff")
	err := m.Transfer(context.Background(), d, to)
	i := slices.IndexFunc(m.Catalogue.Desks, func(d desk.Desk) bool { return d.Code == to.Desk })
	switch {
	case i >= 0 && !slices.Contains(m.Catalogue.Desks[i].Serves, to.Service):
		want(t, err, desk.NotItsService)
		return
	case v == nil:
		want(t, err, desk.NobodyServed)
		return
	case m.unkept(v) != "":
		want(t, err, m.unkept(v))
		return
	case len(v.stops) == visit.StopsMax:
		want(t, err, desk.TooManyStops)
		return
	}
	want(t, err, "")
	m.press(d, "transferred", func(*press) { m.transfer(v, to) }, v)
}

func (m *model) transfer(v *modelled, to desk.Handing) {
	seniority := v.stop().Seniority
	switch [2]id.Service{v.stop().Service, to.Service} {
	case [2]id.Service{"kafaalat", "registration"}:
		seniority = m.axis
		for _, w := range m.line(to.Service) {
			seniority = min(seniority, w.stop().Seniority-1)
		}
	case [2]id.Service{"registration", "nashonuma"}:
		seniority = m.axis
	}
	m.add(v, facts{Service: to.Service, To: to.Desk, Staff: to.Staff, Note: to.Note}, true)
	m.endStop(v, visit.StateDone, visit.OutcomeTransferred, -1)
	v.stop().Seniority = seniority
}

func (m *model) deskHolds(t *rapid.T) {
	d, v := m.drawIn(t, visit.StateServing)
	err := m.Hold(context.Background(), d, "nadra")
	if v == nil {
		want(t, err, desk.NobodyServed)
		return
	}
	if code := m.unkept(v); code != "" {
		want(t, err, code)
		return
	}
	want(t, err, "")
	m.press(d, "held", func(*press) { m.turn(v.stop(), visit.StateHold) }, v)
}

func (m *model) deskParks(t *rapid.T) {
	d, v := m.drawIn(t, visit.StateServing)
	pool := rapid.Bool().Draw(t, "pool")
	err := m.Park(context.Background(), d, "answer", pool)
	if v == nil {
		want(t, err, desk.NobodyServed)
		return
	}
	if code := m.unkept(v); code != "" {
		want(t, err, code)
		return
	}
	want(t, err, "")
	m.press(d, "parked", func(*press) {
		m.turn(v.stop(), visit.StateParked)
		v.stop().Pool = pool
	}, v)
}

func (m *model) somebodyIsBack(t *rapid.T) {
	v := m.drawVisit(t, func(v *modelled) bool { return v.is(visit.StateHold, visit.StateParked) })
	s := v.stop()
	if s.State == visit.StateHold {
		want(t, m.Back(context.Background(), "door", v.id), "")
	} else {
		want(t, m.Unpark(context.Background(), "door", v.id), "")
		if !s.Pool {
			s.To = s.Desk
		}
	}
	m.wait(v, s.Seniority)
	v.change()
}

func (m *model) somebodyReturns(t *rapid.T) {
	v := m.drawVisit(t, func(v *modelled) bool { return v.state() == visit.StateNoShow })
	want(t, m.Return(context.Background(), "door", v.id), "")
	s := v.stop()
	behind := len(m.line(s.Service))
	if s.Returns == 0 {
		behind = min(behind, desk.DefaultPatience().ReturnAfter)
	}
	m.wait(v, s.Seniority)
	s.Returns, s.Gate = s.Returns+1, m.calls[s.Service]+behind
	v.change()
}

func (m *model) deskAddsStop(t *rapid.T) {
	d, v := m.drawIn(t, visit.StateServing)
	s, next := drawService(t), rapid.Bool().Draw(t, "next")
	err := m.AddStop(context.Background(), d, s, next)
	if v == nil {
		want(t, err, desk.NobodyServed)
		return
	}
	if code := v.room(s); code != "" {
		want(t, err, code)
		return
	}
	want(t, err, "")
	m.press(d, "stop-added", func(*press) { m.add(v, facts{Service: s}, next) }, v)
}

// room is why a service cannot be added; empty when it can.
func (v *modelled) room(s id.Service) string {
	switch {
	case v.over():
		return desk.VisitOver
	case len(v.stops) >= visit.StopsMax:
		return desk.TooManyStops
	case v.comes(s):
		return desk.ComesAnyway
	}
	return ""
}

func (m *model) stopIsAdded(t *rapid.T) {
	v, s := m.drawVisit(t, anyVisit), drawService(t)
	err := m.AddStopTo(context.Background(), "door", v.id, s)
	if code := v.room(s); code != "" {
		want(t, err, code)
		return
	}
	want(t, err, "")
	m.add(v, facts{Service: s}, false)
	v.change()
}

func (m *model) stopIsCancelled(t *rapid.T) {
	v := m.drawVisit(t, anyVisit)
	i := rapid.IntRange(0, len(v.stops)-1).Draw(t, "stop")
	err := m.CancelStop(context.Background(), "door", v.id, i, "not-wanted")
	planned := slices.Contains(v.plan, i)
	switch {
	case v.over():
		want(t, err, desk.VisitOver)
		return
	case !v.inHand, !planned && (i != v.at || v.atDesk()):
		want(t, err, desk.NotPlanned)
		return
	}
	want(t, err, "")
	if planned {
		v.stops[i].Outcome = "not-wanted"
		m.turn(&v.stops[i], visit.StateCancelled)
		v.plan = slices.DeleteFunc(slices.Clone(v.plan), func(p int) bool { return p == i })
		v.walked = append(v.walked, i)
	} else {
		m.endStop(v, visit.StateCancelled, "not-wanted", -1)
	}
	v.change()
}

func (m *model) somebodyCancels(t *rapid.T) {
	v := m.drawVisit(t, anyVisit)
	err := m.Cancel(context.Background(), "phone", v.id, "phone")
	switch {
	case v.over():
		want(t, err, desk.VisitOver)
	case v.atDesk():
		want(t, err, desk.AtDesk)
	default:
		want(t, err, "")
		m.withdraw(v)
		m.settle(v, visit.StateCancelled)
	}
}

func (m *model) somebodyLeaves(t *rapid.T) {
	v := m.drawVisit(t, anyVisit)
	err := m.Leave(context.Background(), "desk/A", v.id, "went-home")
	if v.over() {
		want(t, err, desk.VisitOver)
		return
	}
	want(t, err, "")
	m.withdraw(v)
	m.settle(v, visit.StateLeft)
}
