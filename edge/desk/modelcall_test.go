package desk_test

import (
	"context"
	"slices"
	"time"

	"pgregory.net/rapid"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/clock"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/queue"
)

// press is what a desk did last, as the model would take it back.
type press struct {
	name    string
	at      clock.Stamp
	visits  []*modelled
	before  []modelled
	changes []int
	called  []id.Service
	shown   []*shown
}

// shown is a call on the hall screen.
type shown struct {
	v       *modelled
	service id.Service
	desk    id.Desk
	recalls int
}

// press changes visits as one press of a desk.
func (m *model) press(d id.Desk, name string, change func(*press), visits ...*modelled) {
	p := &press{name: name, at: m.now}
	for i, v := range visits {
		if !slices.Contains(visits[:i], v) {
			p.visits, p.before = append(p.visits, v), append(p.before, v.copied())
		}
	}
	change(p)
	for _, v := range p.visits {
		v.change()
		p.changes = append(p.changes, v.changes)
	}
	m.pressed[d] = p
}

// undoable is the press that a desk can take back; nil for none.
func (m *model) undoable(d id.Desk) *press {
	p := m.pressed[d]
	if p == nil || p.at.Boot != m.now.Boot || passed(m.now, p.at) > desk.DefaultPatience().UndoWithin {
		return nil
	}
	for i, v := range p.visits {
		if v.changes != p.changes[i] {
			return nil
		}
	}
	return p
}

func (m *model) deskUndoes(t *rapid.T) {
	d := drawDesk(t).Code
	err := m.Undo(context.Background(), d)
	p := m.undoable(d)
	if p == nil {
		want(t, err, desk.NothingToUndo)
		return
	}
	want(t, err, "")
	delete(m.pressed, d)
	for i, v := range p.visits {
		now := *v // what was printed since stays printed
		*v = p.before[i]
		v.changes, v.paper, v.reprint, v.inks, v.noPaper, v.placed, v.code = now.changes, now.paper, now.reprint, now.inks, now.noPaper, now.placed, now.code
		v.change()
	}
	for _, s := range p.called {
		m.calls[s]--
	}
	m.shown = slices.DeleteFunc(m.shown, func(s *shown) bool { return slices.Contains(p.shown, s) })
	for _, v := range p.visits {
		m.endWithDay(v)
	}
}

// waiter is a visit as package queue knows it.
func (m *model) waiter(v *modelled) queue.Waiter {
	s, n := v.stop(), v.needs
	w := queue.Waiter{
		Service: s.Service, Class: queue.Class(s.Class), SinceMs: s.Since, SeniorityMs: s.Seniority, Number: uint64(v.number),
		Needs: queue.Needs{Language: n.Language, Sex: n.Sex, Ground: n.Ground, Skill: n.Skill},
	}
	if s.Service == "nashonuma" {
		w.Needs.Machine = "scale"
	}
	if len(v.walked) == 0 && v.appointment != 0 && m.now.Grade >= clock.RTC {
		w.ApptMs = m.axis + v.appointment - m.now.Wall
	}
	return w
}

// place is a desk as package queue knows it.
func (m *model) place(d desk.Desk) queue.Desk {
	return queue.Desk{
		Open: true, Serves: d.Serves, Languages: d.Languages, Sex: d.Sex, Ground: d.Ground, Skills: d.Skills, Machines: m.machines(d.Code),
	}
}

// reach is who a desk could call: those who let nobody go first, and the others.
func (m *model) reach(d desk.Desk) (ready, gated []*modelled) {
	for _, v := range m.visits {
		if v.state() != visit.StateWaiting || !slices.Contains(d.Serves, v.stop().Service) || !m.mayCall(d, v) {
			continue
		}
		if v.stop().Gate > m.calls[v.stop().Service] {
			gated = append(gated, v)
			continue
		}
		ready = append(ready, v)
	}
	return ready, gated
}

// mayCall: whom a transfer meant for a desk only that desk calls, while it is open.
func (m *model) mayCall(d desk.Desk, v *modelled) bool {
	to := v.stop().To
	return to == "" || to == d.Code || m.state(to) != visit.DeskOpen
}

// upcoming is whom a desk would call, in order.
func (m *model) upcoming(d desk.Desk, limit int) (out []*modelled) {
	ready, gated := m.reach(d)
	for _, some := range [][]*modelled{ready, gated} {
		for _, i := range queue.Order(m.rules(), m.place(d), m.waiters(some), m.axis, limit-len(out)) {
			out = append(out, some[i])
		}
	}
	return out
}

// inOrder is a line as it would be called, whoever could serve it.
func (m *model) inOrder(s id.Service) (out []*modelled) {
	var parts [2][]*modelled
	for _, v := range m.line(s) {
		part := 0
		if v.stop().Gate > m.calls[s] {
			part = 1
		}
		parts[part] = append(parts[part], v)
	}
	for _, some := range parts {
		as := m.waiters(some)
		for i := range as {
			as[i].Needs = queue.Needs{}
		}
		for _, i := range queue.Order(m.rules(), queue.Desk{Open: true, Serves: []id.Service{s}}, as, m.axis, len(some)) {
			out = append(out, some[i])
		}
	}
	return out
}

func (m *model) waiters(some []*modelled) (as []queue.Waiter) {
	for _, v := range some {
		as = append(as, m.waiter(v))
	}
	return as
}

func (m *model) rules() queue.Rules {
	if m.Rules.Ranks != nil {
		return m.Rules
	}
	return queue.DefaultRules()
}

func (m *model) desk(code id.Desk) desk.Desk {
	return m.Catalogue.Desks[slices.IndexFunc(m.Catalogue.Desks, func(d desk.Desk) bool { return d.Code == code })]
}

// at is the visit that a desk has in hand.
func (m *model) at(d id.Desk) *modelled {
	for _, v := range m.visits {
		if v.atDesk() && v.stop().Desk == d {
			return v
		}
	}
	return nil
}

// busy is why a desk calls nobody; empty when it may.
func (m *model) busy(d id.Desk) string {
	v := m.at(d)
	switch {
	case v != nil && v.state() == visit.StateServing:
		return desk.StillServing
	case v != nil:
		return desk.StillCalling
	case m.state(d) != visit.DeskOpen:
		return desk.DeskNotOpen
	case m.closed:
		return desk.DayOver
	}
	return ""
}

func (m *model) deskCalls(t *rapid.T) {
	d := drawDesk(t)
	got, err := m.CallNext(context.Background(), d.Code)
	if code := m.busy(d.Code); code != "" {
		want(t, err, code)
		return
	}
	next := m.upcoming(d, 1)
	if len(next) == 0 {
		want(t, err, desk.NobodyWaiting)
		return
	}
	want(t, err, "")
	v := next[0]
	if got.Visit != v.id {
		t.Fatalf("desk %s called %s, want %s", d.Code, got.Token, v.token)
	}
	if err := m.fair(d, v); err != nil {
		t.Fatal(err)
	}
	m.press(d.Code, "called", func(p *press) { m.call(p, d.Code, v) }, v)
}

func (m *model) call(p *press, d id.Desk, v *modelled) {
	s := v.stop()
	m.turn(s, visit.StateCalled)
	s.Desk, s.Recalls, s.called, s.voiced = d, 0, m.now, m.now
	m.calls[s.Service]++
	s.shown = &shown{v, s.Service, d, 0}
	m.shown = append(m.shown, s.shown)
	p.called, p.shown = append(p.called, s.Service), append(p.shown, s.shown)
}

func (m *model) deskCallsThis(t *rapid.T) {
	d := drawDesk(t).Code
	v := m.drawVisit(t, anyVisit)
	_, err := m.CallThis(context.Background(), d, v.id, "frail")
	switch {
	case m.busy(d) != "":
		want(t, err, m.busy(d))
	case v.over():
		want(t, err, desk.VisitOver)
	case !v.is(visit.StateWaiting, visit.StateParked, visit.StateNoShow):
		want(t, err, desk.NotCallable)
	default:
		want(t, err, "")
		m.press(d, "called", func(p *press) { m.call(p, d, v) }, v)
	}
}

// calledAt draws a desk; the visit is nil when it calls nobody.
func (m *model) calledAt(t *rapid.T) (id.Desk, *modelled) { return m.drawIn(t, visit.StateCalled) }

// drawIn draws a desk, with the visit that it has in a state: mostly one that has somebody so.
func (m *model) drawIn(t *rapid.T, s visit.State) (id.Desk, *modelled) {
	d := drawDesk(t).Code
	if rapid.IntRange(0, 7).Draw(t, "mistaken") > 0 {
		d = m.drawVisit(t, func(v *modelled) bool { return v.atDesk() && v.state() == s }).stop().Desk
	}
	if v := m.at(d); v != nil && v.state() == s {
		return d, v
	}
	return d, nil
}

func (m *model) deskRecalls(t *rapid.T) {
	d, v := m.calledAt(t)
	err := m.Recall(context.Background(), d)
	switch {
	case v == nil:
		want(t, err, desk.NobodyCalled)
	case passed(m.now, v.stop().voiced) < desk.DefaultPatience().RecallEvery:
		want(t, err, desk.RecallSoon)
	default:
		want(t, err, "")
		m.recall(d, v)
	}
}

// recall calls once more: the call is the newest, and can still be taken back.
func (m *model) recall(d id.Desk, v *modelled) {
	s, p := v.stop(), m.pressed[d]
	old := s.shown
	s.Recalls, s.voiced, s.shown, v.dirty = s.Recalls+1, m.now, &shown{v, s.Service, d, s.Recalls + 1}, true
	m.shown = append(slices.DeleteFunc(m.shown, func(o *shown) bool { return o == old }), s.shown)
	v.change()
	if p == nil || !slices.Contains(p.visits, v) {
		return
	}
	p.changes[slices.Index(p.visits, v)] = v.changes
	if i := slices.Index(p.shown, old); i >= 0 {
		p.shown[i] = s.shown
	}
}

func (m *model) deskGivesUp(t *rapid.T) {
	d, v := m.calledAt(t)
	err := m.NoShow(context.Background(), d)
	p := desk.DefaultPatience()
	switch {
	case v == nil:
		want(t, err, desk.NobodyCalled)
	case v.stop().Recalls < p.NoShowRecalls, passed(m.now, v.stop().called) < p.NoShowAfter:
		want(t, err, desk.NoShowSoon)
	default:
		want(t, err, "")
		m.press(d, "no-show", func(*press) {
			m.turn(v.stop(), visit.StateNoShow)
			v.stop().Missed++
		}, v)
		m.endWithDay(v)
	}
}

func passed(now, then clock.Stamp) time.Duration {
	if now.Boot != then.Boot {
		then.Mono = 0
	}
	return time.Duration(now.Mono-then.Mono) * time.Millisecond
}

func (m *model) deskConfirms(t *rapid.T) {
	d, v := m.calledAt(t)
	err := m.Confirm(context.Background(), d)
	if v == nil {
		want(t, err, desk.NobodyCalled)
		return
	}
	want(t, err, "")
	m.press(d, "confirmed", func(*press) { m.turn(v.stop(), visit.StateServing) }, v)
}
