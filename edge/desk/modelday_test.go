package desk_test

import (
	"context"
	"slices"
	"time"

	"pgregory.net/rapid"

	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/clock"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
)

// business is the business day of the model.
type business struct {
	days   map[string]bool // every day that was opened
	day    string
	dayNo  int
	grade  clock.Grade // of the clock that opened it
	last   map[byte]int
	lines  map[id.Service]string // those that take nobody, and why
	closed bool
	carry  bool
	quick  map[[2]string]int // served without a number, by desk and service
}

// nextDay is the day that a decision falls into, and whether it opens it.
func (m *model) nextDay() (date string, opens bool) {
	date = m.now.Time().Add(5 * time.Hour).Format(time.DateOnly)
	trusted := m.now.Grade >= clock.RTC && !m.days[date] && (date > m.day || m.now.Grade > m.grade)
	if m.day != "" && !trusted {
		return m.day, false
	}
	return date, true
}

// dayOver says that a decision that needs an open day is refused.
func (m *model) dayOver() bool {
	_, opens := m.nextDay()
	return m.closed && !opens
}

// openDay is what every visitor does: the first of the day opens it.
func (m *model) openDay() {
	date, opens := m.nextDay()
	carry := opens && m.carry
	if opens {
		m.day, m.grade, m.days[date], m.last, m.dayNo = date, m.now.Grade, true, map[byte]int{}, m.dayNo+1
		m.closed, m.carry, m.lines, m.shown, m.said = false, false, map[id.Service]string{}, nil, nil
		m.quick = map[[2]string]int{}
	}
	for _, v := range m.visits {
		switch {
		case v.day == m.day || v.over():
		case carry && v.goesOver():
			m.carryOver(v)
		default:
			m.settle(v, visit.StateLeft)
		}
	}
	for _, v := range m.visits {
		if v.placed < m.dayNo {
			m.withdraw(v) // at the latest when the next visitor asks after its printer gave up
		}
	}
}

func (v *modelled) goesOver() bool { return !v.over() && v.inHand && v.state() != visit.StateNoShow }

func (m *model) carryOver(v *modelled) {
	v.carried, v.day, v.days = v.day, m.day, append(v.days, m.day)
	s := v.stop()
	s.State, s.Since = visit.StatePlanned, m.axis // the night is no wait
	m.wait(v, s.Seniority)
	s.To, s.Staff = "", ""
	v.change()
}

// held says whether somebody has a number on the day that a decision falls into.
func (m *model) held(token id.Token) bool {
	date, opens := m.nextDay()
	for _, v := range m.visits {
		if v.token == token && (contains(v.days, date) || opens && m.carry && v.goesOver()) {
			return true
		}
	}
	return false
}

func contains(all []string, one string) bool {
	for _, s := range all {
		if s == one {
			return true
		}
	}
	return false
}

func (m *model) dayIsOpened(t *rapid.T) {
	want(t, m.OpenDay(context.Background(), "floor"), "")
	if m.dayOver() {
		m.closed, m.carry = false, false
		return
	}
	m.openDay()
}

func (m *model) dayIsClosed(t *rapid.T) {
	if rapid.IntRange(0, 3).Draw(t, "evening") > 0 {
		t.Skip("not yet")
	}
	carry := rapid.Bool().Draw(t, "carry")
	err := m.CloseDay(context.Background(), "floor", "evening", carry)
	switch {
	case m.day == "":
		want(t, err, desk.NoDay)
		return
	case m.closed:
		want(t, err, desk.DayOver)
		return
	}
	want(t, err, "")
	m.closed, m.carry = true, carry
	for _, v := range m.visits {
		m.endWithDay(v)
	}
}

// leaveAtEnd ends a visit because the day is over: a paper that is not on its way will not come.
func (m *model) leaveAtEnd(v *modelled) {
	m.settle(v, visit.StateLeft)
	m.withdraw(v)
}

// withdraw takes a slip out of the printer's hands; one that is printing is left alone.
func (m *model) withdraw(v *modelled) {
	if v.noPaper || v.paper == paper.StatePrinting || v.paper == paper.StatePrinted {
		return
	}
	v.paper = paper.StateWithdrawn
	m.unqueue(v)
}

// somebodyIsServedQuickly counts one without a number.
func (m *model) somebodyIsServedQuickly(t *rapid.T) {
	d, s := drawDesk(t), drawService(t)
	err := m.ServeQuick(context.Background(), d.Code, s)
	switch {
	case !slices.Contains(d.Serves, s):
		want(t, err, desk.NotItsService)
	case m.dayOver():
		want(t, err, desk.DayOver)
	default:
		want(t, err, "")
		m.openDay()
		m.quick[[2]string{string(d.Code), string(s)}]++
	}
}

func (m *model) lineIsSet(t *rapid.T) {
	s := drawService(t)
	if rapid.Bool().Draw(t, "close") {
		want(t, m.CloseLine(context.Background(), "floor", s, "full"), "")
		m.lines[s] = "full"
		return
	}
	want(t, m.OpenLine(context.Background(), "floor", s), "")
	delete(m.lines, s)
}

// lineClosed says that a visitor is refused because of what they ask for.
func (m *model) lineClosed(stops []id.Service) bool {
	if _, opens := m.nextDay(); opens {
		return false
	}
	for _, s := range stops {
		if m.lines[s] != "" {
			return true
		}
	}
	return false
}
