package desk_test

import (
	"context"
	"slices"
	"sync"
	"time"

	"pgregory.net/rapid"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/clock"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

func drawStops(t *rapid.T) []id.Service {
	all := rapid.Permutation([]id.Service{"kafaalat", "registration", "nashonuma", "counselling"}).Draw(t, "stops")
	return all[:rapid.IntRange(1, 3).Draw(t, "number of stops")]
}

// drawClass draws a class with its fact, or none.
func drawClass(t *rapid.T) (class, fact string) {
	class = rapid.SampledFrom([]string{"", "", "emergency", "infant", "disability", "elder", "appointment", "normal"}).Draw(t, "class")
	if class == "" {
		return "", ""
	}
	return class, "seen"
}

func drawNeeds(t *rapid.T) visit.Needs {
	return rapid.SampledFrom([]visit.Needs{
		{}, {}, {}, {Language: "ps"}, {Sex: "f"}, {Ground: true}, {Skill: "grievance"}, {Language: "ps", Sex: "m"},
	}).Draw(t, "needs")
}

func (m *model) drawAsking(t *rapid.T) desk.Asking {
	a := desk.Asking{Actor: "kiosk/1", Lang: "ur", Persons: rapid.IntRange(0, 4).Draw(t, "persons"), Needs: drawNeeds(t)}
	a.Class, a.Fact = drawClass(t)
	a.Journey = rapid.SampledFrom([]string{"", "", "mother", "any-order"}).Draw(t, "journey")
	if a.Journey == "" || rapid.IntRange(0, 3).Draw(t, "own stops") == 0 {
		a.Services = drawStops(t)
	}
	if minutes := rapid.SampledFrom([]int64{0, 0, 0, -30, -5, 5, 40}).Draw(t, "appointment"); minutes != 0 {
		a.Appointment = m.now.Wall + minutes*time.Minute.Milliseconds()
	}
	return a
}

func (m *model) visitorAsks(t *rapid.T) { m.askFor(t) }

// askFor asks for something drawn; nil when nobody is taken.
func (m *model) askFor(t *rapid.T) *modelled {
	a := m.drawAsking(t)
	v, err := m.Ask(context.Background(), a)
	stops := a.Services
	journey, ok := m.journey(a.Journey)
	if ok && len(stops) == 0 {
		stops = journey.Stops
	}
	switch {
	case m.dayOver():
		want(t, err, desk.DayOver)
		return nil
	case m.lineClosed(stops):
		want(t, err, desk.LineClosed)
		return nil
	}
	want(t, err, "")
	_, opens := m.nextDay()
	if journey.Free {
		stops = m.shortestFirst(stops, opens)
	}
	m.openDay()
	made := m.asked(v, stops)
	made.persons, made.class, made.fact, made.needs = max(a.Persons, 1), a.Class, a.Fact, a.Needs
	made.journey, made.appointment = a.Journey, a.Appointment
	return made
}

// twoAsk presses two kiosks at once; which came first is known from the ledger only.
func (m *model) twoAsk(t *rapid.T) {
	stops := [][]id.Service{drawStops(t), drawStops(t)}
	if m.dayOver() || m.lineClosed(slices.Concat(stops...)) {
		t.Skip("nobody is taken")
	}
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
	m.openDay()
	m.asked(visits[first], stops[first])
	m.asked(visits[1-first], stops[1-first])
}

// asked is somebody new, under the next number that nobody holds today.
func (m *model) asked(v id.Visit, stops []id.Service) *modelled {
	letter := map[id.Service]byte{"kafaalat": 'K', "registration": 'K', "nashonuma": 'N', "counselling": 'S'}[stops[0]]
	m.last[letter]++
	for m.held(id.NewToken(letter, m.last[letter])) {
		m.last[letter]++
	}
	made := m.come(v, id.NewToken(letter, m.last[letter]), stops)
	made.paper, made.placed = paper.StateQueued, m.dayNo
	m.queue = append(m.queue, made)
	return made
}

func (m *model) come(v id.Visit, token id.Token, stops []id.Service) *modelled {
	made := &modelled{id: v, number: len(m.visits), token: token, day: m.day, days: []string{m.day}, persons: 1, dirty: true}
	for i, s := range stops {
		made.stops = append(made.stops, stop{facts: facts{Service: s, State: visit.StatePlanned, Since: m.axis}})
		if i > 0 {
			made.plan = append(made.plan, i)
		}
	}
	m.visits = append(m.visits, made)
	return made
}

// visitorIsAdmitted asks and prints, so that halls fill.
func (m *model) visitorIsAdmitted(t *rapid.T) {
	v := m.askFor(t)
	if v == nil {
		return
	}
	m.start(t, v.id)
	m.unqueue(v)
	m.confirm(t, v.id)
	m.printed(v)
}

// familySplits lets some go on by themselves, also when that is the first decision of a day.
func (m *model) familySplits(t *rapid.T) {
	whole := m.drawVisit(t, anyVisit)
	persons, stops := rapid.IntRange(1, 3).Draw(t, "who go"), drawStops(t)
	v, err := m.Split(context.Background(), "desk/A", whole.id, persons, stops)
	_, opens := m.nextDay()
	switch {
	case whole.over():
		want(t, err, desk.VisitOver)
		return
	case m.dayOver():
		want(t, err, desk.DayOver)
		return
	case opens && !(m.carry && whole.goesOver()):
		want(t, err, desk.VisitOver) // the day that it belongs to is over
		return
	case whole.persons <= persons:
		want(t, err, desk.BadFamily)
		return
	}
	want(t, err, "")
	m.openDay()
	made := m.asked(v, stops)
	made.persons, made.class, made.fact, made.needs, made.from = persons, whole.class, whole.fact, whole.needs, whole.id
	if whole.state() == visit.StateWaiting && whole.stop().Service == stops[0] {
		made.senior = whole.stop().Seniority
	}
	whole.persons -= persons
	whole.change()
}

// paperBookIsTyped takes somebody over who was served in part while nothing could be printed.
func (m *model) paperBookIsTyped(t *rapid.T) {
	stops := drawStops(t)
	e := desk.Entry{
		Token: id.NewToken('K', rapid.IntRange(1, 12).Draw(t, "number")), Services: stops, Lang: "ur",
		Persons: rapid.IntRange(0, 3).Draw(t, "persons"),
	}
	came := time.Duration(rapid.IntRange(-1, 240).Draw(t, "minutes ago")) * time.Minute
	e.Came = m.now.Time().Add(-came)
	last := e.Came
	for range rapid.IntRange(0, len(stops)).Draw(t, "served") {
		last = last.Add(time.Duration(rapid.IntRange(0, 90).Draw(t, "took")) * time.Minute)
		e.Served, e.Outcomes = append(e.Served, last), append(e.Outcomes, "done")
	}
	v, err := m.Enter(context.Background(), "floor", e)
	switch {
	case m.now.Grade >= clock.Network && (e.Came.After(m.now.Time()) || last.After(m.now.Time())):
		want(t, err, desk.BadEntry)
		return
	case m.dayOver():
		want(t, err, desk.DayOver)
		return
	case m.held(e.Token):
		want(t, err, desk.NumberHeld)
		return
	}
	want(t, err, "")
	m.openDay()
	m.entered(v, e, m.axis-max(came, 0).Milliseconds())
}

func (m *model) entered(v id.Visit, e desk.Entry, seniority int64) {
	made := m.come(v, e.Token, e.Services)
	made.persons, made.inHand, made.noPaper = max(e.Persons, 1), true, true
	m.wait(made, seniority)
	for _, o := range e.Outcomes {
		m.endStop(made, visit.StateDone, o, -1)
	}
	if !made.over() {
		made.stop().Seniority = seniority
	}
}

func (m *model) classIsSet(t *rapid.T) {
	v := m.drawVisit(t, anyVisit)
	class, fact := drawClass(t)
	err := m.SetClass(context.Background(), "door", v.id, class, fact)
	switch {
	case class == "":
		want(t, err, desk.BadClass)
	case v.over():
		want(t, err, desk.VisitOver)
	default:
		want(t, err, "")
		v.class, v.fact = class, fact
		if v.state() == visit.StateWaiting {
			v.stop().Class = v.classNow()
		}
		v.change()
	}
}

func (m *model) needsAreSet(t *rapid.T) {
	v, n := m.drawVisit(t, anyVisit), drawNeeds(t)
	err := m.SetNeeds(context.Background(), "door", v.id, n)
	if v.over() {
		want(t, err, desk.VisitOver)
		return
	}
	want(t, err, "")
	v.needs = n
	v.change()
}

// markIsSet is what another part finds of somebody, on which a journey turns.
func (m *model) markIsSet(t *rapid.T) {
	v := m.drawVisit(t, func(v *modelled) bool { return !v.over() })
	mark := rapid.SampledFrom([]string{"sam", "mam"}).Draw(t, "mark")
	m.update(t, func(tx *ledger.Tx) error { return visit.Mark(tx, v.id, mark) })
	if !contains(v.marks, mark) {
		v.marks = append(slices.Clone(v.marks), mark)
		v.change()
	}
}

func (m *model) journey(code string) (desk.Journey, bool) {
	for _, j := range m.Catalogue.Journeys {
		if j.Code == code {
			return j, true
		}
	}
	return desk.Journey{}, false
}

// shortestFirst is stops with that of the shortest wait in front.
func (m *model) shortestFirst(stops []id.Service, opens bool) []id.Service {
	i := m.shortest(stops, opens)
	if i <= 0 {
		return stops
	}
	return append([]id.Service{stops[i]}, slices.Delete(slices.Clone(stops), i, i+1)...)
}

// shortest is which of some services has the shortest line for each open desk, but none that comes after another of them.
// The first of a day finds nobody in line.
func (m *model) shortest(stops []id.Service, opens bool) int {
	best, least := -1, 1<<30
	for i, s := range stops {
		if s == "counselling" && slices.Contains(stops, "nashonuma") {
			continue
		}
		desks := 0
		for _, d := range m.Catalogue.Desks {
			if slices.Contains(d.Serves, s) && m.state(d.Code) == visit.DeskOpen {
				desks++
			}
		}
		wait := len(m.line(s))
		if opens {
			wait = 0
		}
		if desks == 0 {
			wait += 1 << 20
		} else {
			wait /= desks
		}
		if wait < least {
			best, least = i, wait
		}
	}
	return best
}
