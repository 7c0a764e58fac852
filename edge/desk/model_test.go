package desk_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/clock"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/queue"
)

// modelled is a visit as the model knows it.
type modelled struct {
	id      id.Visit
	token   id.Token
	day     string
	stops   []id.Service
	at      int
	state   visit.State
	inHand  bool
	paper   paper.State
	reprint bool
	inks    int         // copies that are or may be out
	desk    id.Desk     // that has it
	called  clock.Stamp // first call
	voiced  clock.Stamp // last call
	recalls int

	since, seniority int64 // on the axis
	number           int   // order of opening
	gate             int   // calls of its service that go before
	returns          int
	changes          int // how often it changed
}

// press is what a desk did last, as the model would take it back.
type press struct {
	at      clock.Stamp
	visits  []*modelled
	before  []modelled
	changes []int
	called  []id.Service
}

func (m *modelled) over() bool {
	return m.state == visit.StateDone || m.state == visit.StateLeft || m.state == visit.StateCancelled
}

// axis is the present on the axis of waits, which is the floor's to keep.
func (m *model) axis() (ms int64) {
	_ = m.Ledger.View(context.Background(), func(s ledger.Snapshot) error {
		ms = visit.AxisOf(s, m.Ledger.Clock().Now())
		return nil
	})
	return ms
}

// press changes visits as one press of a desk.
func (m *model) press(d id.Desk, change func(*press), visits ...*modelled) {
	p := &press{at: m.Ledger.Clock().Now()}
	for i, v := range visits {
		if slices.Contains(visits[:i], v) {
			continue
		}
		p.visits, p.before = append(p.visits, v), append(p.before, *v)
	}
	change(p)
	for _, v := range p.visits {
		v.changes++
		p.changes = append(p.changes, v.changes)
	}
	m.pressed[d] = p
}

func (m *model) deskUndoes(t *rapid.T) {
	d := drawDesk(t).Code
	err := m.Undo(context.Background(), d)
	p := m.pressed[d]
	now := m.Ledger.Clock().Now()
	ok := p != nil && p.at.Boot == now.Boot && passed(now, p.at) <= desk.DefaultPatience().UndoWithin
	for i := 0; ok && i < len(p.visits); i++ {
		ok = p.visits[i].changes == p.changes[i]
	}
	if !ok {
		want(t, err, desk.NothingToUndo)
		return
	}
	want(t, err, "")
	delete(m.pressed, d)
	for i, v := range p.visits {
		m.unline(v)
		changes := v.changes
		paper, reprint, inks := v.paper, v.reprint, v.inks // what was printed since stays printed
		*v = p.before[i]
		v.changes, v.paper, v.reprint, v.inks = changes+1, paper, reprint, inks
		if v.state == visit.StateWaiting {
			m.lines[v.stops[v.at]] = append(m.lines[v.stops[v.at]], v)
		}
	}
	for _, s := range p.called {
		m.calls[s]--
	}
}

// waiter is a visit as package queue knows it.
func waiter(v *modelled) queue.Waiter {
	class := queue.Normal
	if v.at > 0 {
		class = queue.Returning
	}
	return queue.Waiter{Service: v.stops[v.at], Class: class, SinceMs: v.since, SeniorityMs: v.seniority, Number: uint64(v.number)}
}

// upcoming is whom a desk calls: of those who let nobody go first, else of the others.
func (m *model) upcoming(services []id.Service, now int64, limit int) []*modelled {
	var ready, gated []*modelled
	for _, s := range services {
		for _, v := range m.lines[s] {
			if v.gate > m.calls[s] {
				gated = append(gated, v)
				continue
			}
			ready = append(ready, v)
		}
	}
	var out []*modelled
	for _, some := range [][]*modelled{ready, gated} {
		var as []queue.Waiter
		for _, v := range some {
			as = append(as, waiter(v))
		}
		for _, i := range queue.Order(queue.DefaultRules(), queue.Desk{Open: true, Serves: services}, as, now, limit-len(out)) {
			out = append(out, some[i])
		}
	}
	return out
}

func (m *model) call(p *press, d id.Desk, v *modelled) {
	m.unline(v)
	v.state, v.desk, v.recalls = visit.StateCalled, d, 0
	v.called = m.Ledger.Clock().Now()
	v.voiced = v.called
	m.calls[v.stops[v.at]]++
	p.called = append(p.called, v.stops[v.at])
}

func (m *model) deskCallsThis(t *rapid.T) {
	d := drawDesk(t).Code
	v := m.drawVisit(t, func(*modelled) bool { return true })
	_, err := m.CallThis(context.Background(), d, v.id, "frail")
	busy := m.at(d)
	callable := v.state == visit.StateWaiting || v.state == visit.StateParked || v.state == visit.StateNoShow
	switch {
	case busy != nil && busy.state == visit.StateServing:
		want(t, err, desk.StillServing)
	case busy != nil:
		want(t, err, desk.StillCalling)
	case v.over():
		want(t, err, desk.VisitOver)
	case !callable:
		want(t, err, desk.NotCallable)
	default:
		want(t, err, "")
		m.press(d, func(p *press) { m.call(p, d, v) }, v)
	}
}

func (m *model) deskHolds(t *rapid.T) {
	m.aside(t, visit.StateHold, func(d id.Desk) error { return m.Hold(context.Background(), d, "nadra") })
}

func (m *model) deskParks(t *rapid.T) {
	m.aside(t, visit.StateParked, func(d id.Desk) error { return m.Park(context.Background(), d, "answer", true) })
}

func (m *model) aside(t *rapid.T, s visit.State, do func(id.Desk) error) {
	d := drawDesk(t).Code
	err := do(d)
	v := m.at(d)
	if v == nil || v.state != visit.StateServing {
		want(t, err, desk.NobodyServed)
		return
	}
	want(t, err, "")
	m.press(d, func(*press) { v.state, v.desk = s, "" }, v)
}

func (m *model) somebodyIsBack(t *rapid.T) {
	v := m.drawVisit(t, func(v *modelled) bool { return v.state == visit.StateHold || v.state == visit.StateParked })
	if v.state == visit.StateHold {
		want(t, m.Back(context.Background(), "door", v.id), "")
	} else {
		want(t, m.Unpark(context.Background(), "door", v.id), "")
	}
	m.waitAt(v, v.seniority)
}

func (m *model) somebodyReturns(t *rapid.T) {
	v := m.drawVisit(t, func(v *modelled) bool { return v.state == visit.StateNoShow })
	want(t, m.Return(context.Background(), "door", v.id), "")
	s := v.stops[v.at]
	behind := len(m.lines[s])
	if v.returns == 0 {
		behind = min(behind, desk.DefaultPatience().ReturnAfter)
	}
	m.waitAt(v, v.seniority)
	v.returns++
	v.gate = m.calls[s] + behind
}

func (m *model) somebodyCancels(t *rapid.T) {
	v := m.drawVisit(t, func(*modelled) bool { return true })
	err := m.Cancel(context.Background(), "phone", v.id, "phone")
	switch {
	case v.over():
		want(t, err, desk.VisitOver)
	case v.desk != "":
		want(t, err, desk.AtDesk)
	default:
		want(t, err, "")
		if v.paper != paper.StatePrinting && v.paper != paper.StatePrinted {
			m.withdraw(v)
		}
		m.leave(v)
		v.state = visit.StateCancelled
	}
}

func (m *model) deskFinishesAndCalls(t *rapid.T) {
	d := drawDesk(t)
	got, err := m.FinishNext(context.Background(), d.Code, "done", false)
	v := m.at(d.Code)
	if v == nil || v.state != visit.StateServing {
		want(t, err, desk.NobodyServed)
		return
	}
	want(t, err, "")
	before := *v
	m.finish(v)
	next := m.upcoming(d.Serves, m.axis(), 1)
	after := *v
	if len(next) == 0 {
		*v = before
		m.press(d.Code, func(*press) { *v = after }, v)
		if got != nil {
			t.Fatalf("desk %s called %s, want nobody", d.Code, got.Token)
		}
		return
	}
	*v = before
	m.press(d.Code, func(p *press) {
		*v = after
		m.call(p, d.Code, next[0])
	}, v, next[0])
	if got == nil || got.Visit != next[0].id {
		t.Fatalf("desk %s called %+v, want %s", d.Code, got, next[0].token)
	}
}

// finish ends the stop that a visit is at.
func (m *model) finish(v *modelled) {
	v.desk = ""
	if v.at++; v.at == len(v.stops) {
		v.at, v.state = v.at-1, visit.StateDone
		return
	}
	v.returns = 0
	m.wait(v)
}

// model is a floor in memory: slices where the real one has indexes, and no ledger.
type model struct {
	*hall
	visits  []*modelled
	queue   []*modelled                // slips to print, in order
	lines   map[id.Service][]*modelled // who waits, in order
	days    map[string]bool            // every day that was opened
	day     string
	grade   clock.Grade // of the clock that opened it
	last    map[byte]int
	calls   map[id.Service]int
	pressed map[id.Desk]*press
}

func newModel(t *rapid.T) *model {
	return &model{hall: newHall(t), lines: map[id.Service][]*modelled{}, days: map[string]bool{},
		calls: map[id.Service]int{}, pressed: map[id.Desk]*press{}}
}

// TestModel plays random days against the model, which is checked after every step; at the end the views are rebuilt.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newModel(t)
		defer m.file.Close(t)
		t.Repeat(map[string]func(*rapid.T){
			"ask":        m.visitorAsks,
			"two ask":    m.twoAsk,
			"start":      m.printerStarts,
			"printed":    m.printerConfirms,
			"failed":     m.printerFails,
			"again":      m.printAgain,
			"reprint":    m.reprintOnPurpose,
			"call":       m.deskCalls,
			"recall":     m.deskRecalls,
			"confirm":    m.deskConfirms,
			"finish":     m.deskFinishes,
			"no-show":    m.deskGivesUp,
			"next":       m.deskFinishesAndCalls,
			"this":       m.deskCallsThis,
			"hold":       m.deskHolds,
			"park":       m.deskParks,
			"back":       m.somebodyIsBack,
			"return":     m.somebodyReturns,
			"cancel":     m.somebodyCancels,
			"undo":       m.deskUndoes,
			"leave":      m.somebodyLeaves,
			"crash":      m.crash,
			"time":       m.timePasses,
			"clock jump": m.clockJumps,
			"":           m.compare,
		})
	})
}

// The random choices.

func drawStops(t *rapid.T) []id.Service {
	all := rapid.Permutation([]id.Service{"kafaalat", "registration", "nashonuma"}).Draw(t, "stops")
	return all[:rapid.IntRange(1, len(all)).Draw(t, "number of stops")]
}

func drawDesk(t *rapid.T) desk.Desk {
	return rapid.SampledFrom(catalogue().Desks).Draw(t, "desk")
}

// drawVisit draws one of those that fit; it skips the step when there is none.
func (m *model) drawVisit(t *rapid.T, fits func(*modelled) bool) *modelled {
	var some []*modelled
	for _, v := range m.visits {
		if fits(v) {
			some = append(some, v)
		}
	}
	if len(some) == 0 {
		t.Skip("nobody")
	}
	return rapid.SampledFrom(some).Draw(t, "visit")
}

// The steps.

func (m *model) visitorAsks(t *rapid.T) {
	stops := drawStops(t)
	m.asked(m.ask(t, stops...), stops)
}

// twoAsk presses two kiosks at once; which came first is known from the ledger only.
func (m *model) twoAsk(t *rapid.T) {
	stops := [][]id.Service{drawStops(t), drawStops(t)}
	visits := make([]id.Visit, 2)
	var wg sync.WaitGroup
	for i := range visits {
		wg.Go(func() { visits[i] = m.ask(t, stops[i]...) })
	}
	wg.Wait()
	first := 0
	if m.job(t, visits[1]).Made < m.job(t, visits[0]).Made {
		first = 1
	}
	m.asked(visits[first], stops[first])
	m.asked(visits[1-first], stops[1-first])
}

func (m *model) asked(v id.Visit, stops []id.Service) {
	m.openDay(m.Ledger.Clock().Now())
	letter := map[id.Service]byte{"kafaalat": 'K', "registration": 'K', "nashonuma": 'N'}[stops[0]]
	m.last[letter]++
	made := &modelled{
		id: v, token: id.NewToken(letter, m.last[letter]), day: m.day, stops: stops,
		state: visit.StatePlanned, paper: paper.StateQueued, number: len(m.visits),
	}
	m.visits, m.queue = append(m.visits, made), append(m.queue, made)
}

func (m *model) openDay(now clock.Stamp) {
	m.turnDay(now)
	for _, v := range m.visits {
		if v.day == m.day {
			continue
		}
		if v.paper != paper.StatePrinting && v.paper != paper.StatePrinted {
			m.withdraw(v) // at the latest when the next visitor asks after its printer gave up
		}
		if !v.over() {
			m.leave(v)
		}
	}
}

func (m *model) turnDay(now clock.Stamp) {
	date := now.Time().Add(5 * time.Hour).Format(time.DateOnly)
	trusted := now.Grade >= clock.RTC && !m.days[date] && (date > m.day || now.Grade > m.grade)
	if m.day != "" && !trusted {
		return
	}
	m.day, m.grade, m.days[date], m.last = date, now.Grade, true, map[byte]int{}
}

func (m *model) withdraw(v *modelled) {
	v.paper = paper.StateWithdrawn
	m.queue = slices.DeleteFunc(m.queue, func(q *modelled) bool { return q == v })
}

func (m *model) leave(v *modelled) {
	m.unline(v)
	v.state, v.desk = visit.StateLeft, ""
	v.changes++
}

func (m *model) unline(v *modelled) {
	s := v.stops[v.at]
	m.lines[s] = slices.DeleteFunc(m.lines[s], func(l *modelled) bool { return l == v })
}

func (m *model) wait(v *modelled) { m.waitAt(v, m.axis()) }

func (m *model) waitAt(v *modelled, seniority int64) {
	v.state, v.since, v.seniority, v.gate = visit.StateWaiting, m.axis(), seniority, 0
	v.changes++
	m.lines[v.stops[v.at]] = append(m.lines[v.stops[v.at]], v)
}

func (m *model) printerStarts(t *rapid.T) {
	if len(m.queue) == 0 {
		t.Skip("nothing to print")
	}
	v := m.queue[0]
	err := m.Ledger.View(context.Background(), func(s ledger.Snapshot) error {
		if got := paper.Waiting(s, 1); len(got) != 1 || got[0].Subject != string(v.id) {
			t.Errorf("the first to print is %+v, want the slip of %s", got, v.token)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	m.start(t, v.id)
	m.queue, v.paper = m.queue[1:], paper.StatePrinting
	if v.inks > 0 && !v.reprint {
		t.Errorf("%s: a second copy is on its way and does not say so", v.token)
	}
}

func printing(v *modelled) bool { return v.paper == paper.StatePrinting }

func (m *model) printerConfirms(t *rapid.T) {
	v := m.drawVisit(t, printing)
	m.confirm(t, v.id)
	v.paper = paper.StatePrinted
	v.inks++
	if v.state == visit.StatePlanned {
		v.inHand = true
		m.wait(v)
	}
}

func (m *model) printerFails(t *rapid.T) {
	v := m.drawVisit(t, printing)
	certain := rapid.Bool().Draw(t, "certain")
	again := certain && rapid.Bool().Draw(t, "again")
	m.fail(t, v.id, paper.Failed{Reason: paper.ReasonPaperOut, Certain: certain, Again: again})
	switch {
	case again:
		v.paper = paper.StateQueued
		m.requeue(t, v)
	case certain:
		v.paper = paper.StateHeld
	default:
		m.uncertain(v)
	}
}

// requeue puts a slip back to its own place: before everything that was queued after it.
func (m *model) requeue(t *rapid.T, v *modelled) {
	place := m.job(t, v.id).Place
	i := slices.IndexFunc(m.queue, func(q *modelled) bool { return m.job(t, q.id).Place > place })
	if i < 0 {
		i = len(m.queue)
	}
	m.queue = slices.Insert(m.queue, i, v)
}

func (m *model) uncertain(v *modelled) {
	v.paper, v.reprint = paper.StateUncertain, true
	v.inks++
}

func (m *model) printAgain(t *rapid.T) {
	v := m.drawVisit(t, func(*modelled) bool { return true })
	err := m.PrintAgain(context.Background(), "kiosk/1", v.id)
	switch {
	case v.over():
		want(t, err, desk.VisitOver)
	case v.inHand:
		want(t, err, desk.PrintedAlready)
	default:
		want(t, err, "")
		m.requested(v)
	}
}

func (m *model) reprintOnPurpose(t *rapid.T) {
	v := m.drawVisit(t, func(*modelled) bool { return true })
	err := m.Reprint(context.Background(), "desk/A", v.id)
	if v.over() {
		want(t, err, desk.VisitOver)
		return
	}
	want(t, err, "")
	m.requested(v)
}

// requested queues a slip unless it is on its way.
func (m *model) requested(v *modelled) {
	switch v.paper {
	case paper.StateQueued, paper.StatePrinting:
		return
	case paper.StatePrinted, paper.StateUncertain:
		v.reprint = true
	}
	v.paper = paper.StateQueued
	m.queue = append(m.queue, v)
}

// at is the visit that a desk has in hand.
func (m *model) at(d id.Desk) *modelled {
	for _, v := range m.visits {
		if v.desk == d {
			return v
		}
	}
	return nil
}

func (m *model) deskCalls(t *rapid.T) {
	d := drawDesk(t)
	got, err := m.CallNext(context.Background(), d.Code)
	if busy := m.at(d.Code); busy != nil {
		want(t, err, map[visit.State]string{
			visit.StateCalled: desk.StillCalling, visit.StateServing: desk.StillServing,
		}[busy.state])
		return
	}
	next := m.upcoming(d.Serves, m.axis(), 1)
	if len(next) == 0 {
		want(t, err, desk.NobodyWaiting)
		return
	}
	want(t, err, "")
	v := next[0]
	if got.Visit != v.id {
		t.Fatalf("desk %s called %s, want %s", d.Code, got.Token, v.token)
	}
	m.press(d.Code, func(p *press) { m.call(p, d.Code, v) }, v)
}

// called draws a desk; the visit is nil when it calls nobody.
func (m *model) calledAt(t *rapid.T) (id.Desk, *modelled) {
	d := drawDesk(t).Code
	if v := m.at(d); v != nil && v.state == visit.StateCalled {
		return d, v
	}
	return d, nil
}

func (m *model) deskRecalls(t *rapid.T) {
	d, v := m.calledAt(t)
	err := m.Recall(context.Background(), d)
	now := m.Ledger.Clock().Now()
	switch {
	case v == nil:
		want(t, err, desk.NobodyCalled)
	case passed(now, v.voiced) < desk.DefaultPatience().RecallEvery:
		want(t, err, desk.RecallSoon)
	default:
		want(t, err, "")
		v.recalls, v.voiced = v.recalls+1, now
	}
}

func (m *model) deskGivesUp(t *rapid.T) {
	d, v := m.calledAt(t)
	err := m.NoShow(context.Background(), d)
	p := desk.DefaultPatience()
	switch {
	case v == nil:
		want(t, err, desk.NobodyCalled)
	case v.recalls < p.NoShowRecalls, passed(m.Ledger.Clock().Now(), v.called) < p.NoShowAfter:
		want(t, err, desk.NoShowSoon)
	default:
		want(t, err, "")
		m.press(d, func(*press) { v.state, v.desk = visit.StateNoShow, "" }, v)
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
	m.press(d, func(*press) { v.state = visit.StateServing }, v)
}

func (m *model) deskFinishes(t *rapid.T) {
	d := drawDesk(t).Code
	err := m.Finish(context.Background(), d, "done", false)
	v := m.at(d)
	if v == nil || v.state != visit.StateServing {
		want(t, err, desk.NobodyServed)
		return
	}
	want(t, err, "")
	before := *v
	m.finish(v)
	after := *v
	*v = before
	m.press(d, func(*press) { *v = after }, v)
}

func (m *model) somebodyLeaves(t *rapid.T) {
	v := m.drawVisit(t, func(*modelled) bool { return true })
	err := m.Leave(context.Background(), "desk/A", v.id, "went-home")
	if v.over() {
		want(t, err, desk.VisitOver)
		return
	}
	want(t, err, "")
	if v.paper != paper.StatePrinting && v.paper != paper.StatePrinted {
		m.withdraw(v)
	}
	m.leave(v)
}

func (m *model) crash(t *rapid.T) {
	m.reboot(t)
	for _, v := range m.visits {
		if v.paper == paper.StatePrinting {
			m.uncertain(v)
		}
	}
}

func (m *model) timePasses(t *rapid.T) {
	most := rapid.SampledFrom([]int{20, 100, 30 * 3600}).Draw(t, "at most")
	m.file.Clock.Pass(time.Duration(rapid.IntRange(1, most).Draw(t, "seconds")) * time.Second)
}

func (m *model) clockJumps(t *rapid.T) {
	m.file.Clock.Jump(time.Duration(rapid.IntRange(-60, 60).Draw(t, "hours")) * time.Hour)
}

func want(t *rapid.T, err error, code string) {
	t.Helper()
	if code == "" && err == nil || code != "" && errors.Is(err, &desk.Refusal{Code: code}) {
		return
	}
	t.Fatalf("got %v, want %q", err, code)
}

// The comparison.

func (m *model) compare(t *rapid.T) {
	m.compareFigures(t)
	for _, v := range m.visits {
		m.compareVisit(t, v)
	}
	for _, d := range catalogue().Desks {
		m.compareDesk(t, d)
	}
	m.checkNumbers(t)
}

func (m *model) compareFigures(t *rapid.T) {
	sum := desk.Figures{Day: m.day}
	for _, v := range m.visits {
		if v.day == m.day {
			sum.Asked++
			*countOf(&sum, v.state)++
		}
		if v.day == m.day && v.inHand {
			sum.Issued++
		}
		switch v.paper {
		case paper.StateQueued, paper.StatePrinting:
			sum.Printing++
		case paper.StateHeld:
			sum.Held++
		case paper.StateUncertain:
			sum.Uncertain++
		}
	}
	if diff := cmp.Diff(sum, m.figures(t)); diff != "" {
		t.Fatalf("figures, model and floor: %s", diff)
	}
}

func countOf(f *desk.Figures, s visit.State) *int {
	return map[visit.State]*int{
		visit.StatePlanned: &f.NotInHand, visit.StateWaiting: &f.Waiting, visit.StateCalled: &f.Called,
		visit.StateServing: &f.Serving, visit.StateDone: &f.Done, visit.StateNoShow: &f.NoShow, visit.StateLeft: &f.Left,
		visit.StateHold: &f.Hold, visit.StateParked: &f.Parked, visit.StateCancelled: &f.Cancelled,
	}[s]
}

func (m *model) compareVisit(t *rapid.T, v *modelled) {
	s := m.slip(t, v.id)
	if s.Token != v.token || s.Day != v.day || s.Stops[v.at].State != v.state || s.Reprint != v.reprint {
		t.Fatalf("%s of %s is %s at stop %d, reprint %t; floor says %+v", v.token, v.day, v.state, v.at, v.reprint, s)
	}
	if (s.State == desk.SlipInHand) != (v.inHand && !v.over()) {
		t.Fatalf("%s: slip is %s, in hand %t", v.token, s.State, v.inHand)
	}
	if v.state == visit.StateWaiting {
		order := m.upcoming([]id.Service{v.stops[v.at]}, m.axis(), len(m.visits))
		if i := slices.Index(order, v); i != s.Ahead {
			t.Fatalf("%s has %d ahead, floor says %d", v.token, i, s.Ahead)
		}
	}
	if v.state == visit.StateWaiting && !v.inHand {
		t.Fatalf("%s waits without a paper", v.token)
	}
}

func (m *model) compareDesk(t *rapid.T, d desk.Desk) {
	b, err := m.DeskBoard(context.Background(), d.Code)
	if err != nil {
		t.Fatal(err)
	}
	v := m.at(d.Code)
	if (v == nil) != (b.Current == nil) || v != nil && (b.Current.Visit != v.id || b.Current.State != v.state) {
		t.Fatalf("desk %s has %+v, floor says %+v", d.Code, v, b.Current)
	}
	for _, line := range b.Lines {
		var tokens []id.Token
		for _, v := range m.upcoming([]id.Service{line.Service.Code}, m.axis(), len(m.visits)) {
			tokens = append(tokens, v.token)
		}
		if line.Waiting != len(tokens) || !slices.Equal(line.Next, tokens[:len(line.Next)]) {
			t.Fatalf("line of %s is %v, floor says %d: %v", line.Service.Code, tokens, line.Waiting, line.Next)
		}
	}
}

// checkNumbers: no two visits of a day share a number, and nobody is at two desks.
func (m *model) checkNumbers(t *rapid.T) {
	type number struct {
		day   string
		token id.Token
	}
	seen := map[number]bool{}
	for _, v := range m.visits {
		n := number{v.day, m.slip(t, v.id).Token}
		if seen[n] {
			t.Fatalf("%s was given twice on %s", n.token, n.day)
		}
		seen[n] = true
	}
	at := map[id.Visit]id.Desk{}
	for _, d := range catalogue().Desks {
		b, err := m.DeskBoard(context.Background(), d.Code)
		if err != nil {
			t.Fatal(err)
		}
		if b.Current == nil {
			continue
		}
		if other, twice := at[b.Current.Visit]; twice {
			t.Fatalf("%s is at desks %s and %s", b.Current.Token, other, d.Code)
		}
		at[b.Current.Visit] = d.Code
	}
}
