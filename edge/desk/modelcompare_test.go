package desk_test

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// wholeEvery is how many steps pass between two comparisons of everything. After each, the counts, whoever a desk has, who
// is in each line and whatever the step changed are compared.
const wholeEvery = 5

func (m *model) compare(t *rapid.T) {
	m.tick()
	m.steps++
	m.compareCounts(t)
	m.compareVisits(t, func(v *modelled) bool { return v.dirty })
	if m.steps%wholeEvery == 0 {
		m.compareAll(t)
	}
}

func (m *model) compareAll(t *rapid.T) {
	m.tick()
	m.compareVisits(t, func(*modelled) bool { return true })
	for _, d := range m.Catalogue.Desks {
		m.compareDesk(t, d)
	}
	for _, v := range m.visits {
		m.comparePlace(t, v)
	}
	m.compareHall(t)
	m.checkNumbers(t)
}

// comparePlace is what the phone page of a slip shows.
func (m *model) comparePlace(t *rapid.T, v *modelled) {
	p, err := m.ByCode(context.Background(), v.code)
	want(t, err, "")
	room := ""
	if v.atDesk() {
		room = m.desk(v.stop().Desk).Room
	}
	switch {
	case p.Visit != v.id, p.Token != v.token, p.State != v.state(), p.Persons != v.persons, p.Appointment != v.appointment:
		t.Fatalf("phone page of %s, %s: %+v", v.token, v.state(), p)
	case v.atDesk() && (p.Desk != v.stop().Desk || p.Room != room):
		t.Fatalf("%s has to go to %s in room %s, its page says %s, %s", v.token, v.stop().Desk, room, p.Desk, p.Room)
	}
	var walked []int
	for _, s := range p.Stops {
		walked = append(walked, s.Index)
	}
	path := slices.Concat(v.walked, v.plan)
	if !v.over() {
		path = slices.Concat(v.walked, []int{v.at}, v.plan)
	}
	if !slices.Equal(path, walked) {
		t.Fatalf("%s walks %v, its page says %v", v.token, path, walked)
	}
}

func (m *model) compareCounts(t *rapid.T) {
	if diff := cmp.Diff(m.sum(), m.figures(t)); diff != "" {
		t.Fatalf("figures, model and floor: %s", diff)
	}
	err := m.Ledger.View(context.Background(), func(s ledger.Snapshot) error {
		for _, service := range m.Catalogue.Services {
			if diff := cmp.Diff(names(m.line(service.Code)), lined(s, service.Code)); diff != "" {
				return fmt.Errorf("line of %s, model and floor: %s", service.Code, diff)
			}
		}
		for _, d := range m.Catalogue.Desks {
			got, busy := visit.AtDesk(s, d.Code)
			if v := m.at(d.Code); (v != nil) != busy || busy && got.ID != v.id {
				return fmt.Errorf("desk %s has %+v, floor says %+v", d.Code, v, got)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func names(all []*modelled) (out []id.Visit) {
	for _, v := range all {
		out = append(out, v.id)
	}
	slices.Sort(out)
	return out
}

func lined(s ledger.Snapshot, service id.Service) (out []id.Visit) {
	for _, w := range visit.Line(s, service) {
		out = append(out, w.Visit)
	}
	slices.Sort(out)
	return out
}

func (m *model) sum() desk.Figures {
	sum := desk.Figures{Day: m.day}
	for _, n := range m.quick {
		sum.Quick += n
	}
	for _, v := range m.visits {
		if v.day == m.day {
			sum.Asked++
			*countOf(&sum, v.state())++
		}
		if v.day == m.day && v.inHand {
			sum.Issued++
		}
		switch {
		case v.noPaper:
		case v.paper == paper.StateQueued, v.paper == paper.StatePrinting:
			sum.Printing++
		case v.paper == paper.StateHeld:
			sum.Held++
		case v.paper == paper.StateUncertain:
			sum.Uncertain++
		}
	}
	return sum
}

func countOf(f *desk.Figures, s visit.State) *int {
	return map[visit.State]*int{
		visit.StatePlanned: &f.NotInHand, visit.StateWaiting: &f.Waiting, visit.StateCalled: &f.Called,
		visit.StateServing: &f.Serving, visit.StateDone: &f.Done, visit.StateNoShow: &f.NoShow, visit.StateLeft: &f.Left,
		visit.StateHold: &f.Hold, visit.StateParked: &f.Parked, visit.StateCancelled: &f.Cancelled, visit.StateFailed: &f.Failed,
	}[s]
}

// compareVisits compares the visits that are chosen, from one snapshot.
func (m *model) compareVisits(t *rapid.T, chosen func(*modelled) bool) {
	err := m.Ledger.View(context.Background(), func(s ledger.Snapshot) error {
		for _, v := range m.visits {
			if !chosen(v) {
				continue
			}
			v.dirty = false
			if err := compareVisit(s, v); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func compareVisit(s ledger.Snapshot, v *modelled) error {
	got, ok := visit.Get(s, v.id)
	if !ok {
		return fmt.Errorf("%s is gone", v.token)
	}
	if v.code == "" {
		v.code = got.Code // drawn by the floor
	}
	if diff := cmp.Diff(v.whole(), wholeOf(&got)); diff != "" {
		return fmt.Errorf("%s, model and floor: %s", v.token, diff)
	}
	for i := range v.stops {
		if want, got := v.stops[i].facts, factsOf(&got.Stops[i]); want != got {
			return fmt.Errorf("%s, stop %d, model and floor: %s", v.token, i, cmp.Diff(want, got))
		}
	}
	job, printed := paper.For(s, string(v.id))
	if printed == v.noPaper || printed && (job.State != v.paper || job.Reprint != v.reprint) {
		return fmt.Errorf("%s: paper is %s, reprint %t; floor says %+v", v.token, v.paper, v.reprint, job)
	}
	if v.state() == visit.StateWaiting && !v.inHand {
		return fmt.Errorf("%s waits without a paper", v.token)
	}
	return nil
}

// whole is what the model and the floor both know of a visit beside its stops.
type whole struct {
	Token        id.Token
	Code         id.Code
	Day, Carried string
	InHand       bool
	End, State   visit.State
	At, Stops    int
	Walked, Plan []int
	Persons      int
	Class, Fact  string
	Needs        visit.Needs
	Journey      string
	Marks        []string
	Appointment  int64
	From         id.Visit
}

func (v *modelled) whole() whole {
	return whole{
		v.token, v.code, v.day, v.carried, v.inHand, v.end, v.state(), v.at, len(v.stops), some(v.walked), some(v.plan), v.persons,
		v.class, v.fact, v.needs, v.journey, v.marks, v.appointment, v.from,
	}
}

func wholeOf(v *visit.Visit) whole {
	return whole{
		v.Token, v.Code, v.Day, v.Carried, v.InHand, v.End, v.State(), v.At(), len(v.Stops), indices(v.Walked), indices(v.Plan),
		int(v.Persons), v.Class, v.Fact, v.Needs, v.Journey, v.Marks, v.Appointment, v.From,
	}
}

func indices(p visit.Path) (out []int) {
	for _, i := range p {
		out = append(out, int(i))
	}
	return out
}

// some is a list, nil when it is empty.
func some(all []int) []int { return append([]int(nil), all...) }

func (m *model) compareDesk(t *rapid.T, d desk.Desk) {
	b, err := m.DeskBoard(context.Background(), d.Code)
	want(t, err, "")
	if b.State != m.state(d.Code) || b.Reason != m.desks[d.Code].reason || b.DayOver != m.closed {
		t.Fatalf("desk %s is %+v, day closed %t; floor says %s, %s, %t", d.Code, m.desks[d.Code], m.closed, b.State, b.Reason, b.DayOver)
	}
	undo := ""
	if p := m.undoable(d.Code); p != nil {
		undo = p.name
	}
	if b.MayUndo != (undo != "") || b.Undo != undo {
		t.Fatalf("desk %s may undo %q, floor says %t, %q", d.Code, undo, b.MayUndo, b.Undo)
	}
	next := tokens(m.upcoming(d, len(b.Next)))
	if whole := m.upcoming(d, len(b.Next)+1); len(b.Next) < 5 && len(whole) != len(b.Next) || !slices.Equal(next, waitingTokens(b.Next)) {
		t.Fatalf("next of desk %s are %v, floor says %v", d.Code, tokens(whole), waitingTokens(b.Next))
	}
	m.compareAside(t, d, b)
	for _, q := range b.Quick {
		if want := m.quick[[2]string{string(d.Code), string(q.Service.Code)}]; q.Count != want {
			t.Fatalf("desk %s served %d without a number for %s, floor says %d", d.Code, want, q.Service.Code, q.Count)
		}
	}
	for _, line := range b.Lines {
		m.compareLine(t, line)
	}
}

func (m *model) compareAside(t *rapid.T, d desk.Desk, b desk.DeskBoard) {
	for state, got := range map[visit.State][]desk.Waiting{
		visit.StateHold: b.Held, visit.StateParked: b.Parked, visit.StateNoShow: b.Missed,
	} {
		var all []id.Token
		for _, v := range m.visits {
			if v.state() == state && v.stop().seenBy(d) {
				all = append(all, v.token)
			}
		}
		if seen := waitingTokens(got); !sameSet(all, seen) {
			t.Fatalf("%s at desk %s: %v, floor says %v", state, d.Code, all, seen)
		}
	}
}

// seenBy says that a stop that is put aside stands on a desk's screen.
func (s *stop) seenBy(d desk.Desk) bool {
	does := slices.Contains(d.Serves, s.Service)
	switch s.State {
	case visit.StateHold:
		return s.Desk == d.Code
	case visit.StateParked:
		return s.Desk == d.Code || s.Pool && does
	}
	return does
}

func (m *model) compareLine(t *rapid.T, line desk.Line) {
	s := line.Service.Code
	all := tokens(m.inOrder(s))
	if line.Waiting != len(all) || !slices.Equal(line.Next, all[:len(line.Next)]) || len(line.Next) < min(5, len(all)) {
		t.Fatalf("line of %s is %v, floor says %d: %v", s, all, line.Waiting, line.Next)
	}
	if line.Closed != (m.lines[s] != "") || line.Reason != m.lines[s] {
		t.Fatalf("line of %s is closed %q, floor says %t %q", s, m.lines[s], line.Closed, line.Reason)
	}
	for ahead, v := range m.inOrder(s) {
		if got := m.slip(t, v.id); got.Ahead != ahead || got.Token != v.token || got.Reprint != v.reprint {
			t.Fatalf("%s has %d ahead, floor says %+v", v.token, ahead, got)
		}
	}
}

func (m *model) compareHall(t *rapid.T) {
	b, err := m.HallBoard(context.Background())
	want(t, err, "")
	var texts, told []string
	for _, a := range b.Announced {
		texts = append(texts, a.Text)
	}
	for _, a := range m.lasting() {
		told = append(told, a.text)
	}
	if !slices.Equal(texts, told) {
		t.Fatalf("the hall is told %q, floor says %q", told, texts)
	}
	if len(b.Calls) != min(6, len(m.shown)) {
		t.Fatalf("the hall sees %d calls of %d", len(b.Calls), len(m.shown))
	}
	for i, c := range b.Calls {
		s := m.shown[len(m.shown)-1-i]
		if c.Visit != s.v.id || c.Desk != s.desk || c.Recalls != s.recalls || c.Service != s.service || c.State != s.v.state() {
			t.Fatalf("call %d on the hall screen is of %s to %s, %d recalls; floor says %+v", i, s.v.token, s.desk, s.recalls, c)
		}
	}
}

func tokens(all []*modelled) (out []id.Token) {
	for _, v := range all {
		out = append(out, v.token)
	}
	return out
}

func waitingTokens(all []desk.Waiting) (out []id.Token) {
	for _, w := range all {
		out = append(out, w.Token)
	}
	return out
}

func sameSet(a, b []id.Token) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// checkNumbers: no two visits of a day share a number, and nobody is at two desks.
func (m *model) checkNumbers(t *rapid.T) {
	type number struct {
		day   string
		token id.Token
	}
	seen := map[number]bool{}
	for _, v := range m.visits {
		for _, day := range v.days {
			if n := (number{day, v.token}); seen[n] {
				t.Fatalf("%s was given twice on %s", n.token, n.day)
			} else {
				seen[n] = true
			}
		}
	}
	at := map[*modelled]id.Desk{}
	for _, d := range m.Catalogue.Desks {
		v := m.at(d.Code)
		if other, twice := at[v]; v != nil && twice {
			t.Fatalf("%s is at desks %s and %s", v.token, other, d.Code)
		}
		at[v] = d.Code
	}
}
