package queue

import (
	"slices"

	"markaz.example/edge/id"
)

// picker chooses for one desk. It keeps room for its sums, so that the simulation allocates nothing per call.
type picker struct {
	ceiling int64
	people  int
	short   int64
	lines   []line // of the desk's services, in preference
}

// line is what one pass over the waiters finds of one service.
type line struct {
	waiting int
	oldest  int64 // seniority
	best    int   // index
	top     standing
}

func newPicker(r Rules, d Desk) *picker {
	return &picker{r.CeilingMs, r.ShortPeople, r.ShortMs, make([]line, len(d.Serves))}
}

// entries are the waiters as a desk sees them.
func entries(r Rules, d Desk, waiting []Waiter) []entry {
	all := make([]entry, len(waiting))
	for i, w := range waiting {
		all[i] = newEntry(r, w)
		all[i].line = lineOf(d, w)
	}
	return all
}

func lineOf(d Desk, w Waiter) int32 {
	if !d.meets(w.Needs) {
		return nowhere
	}
	return place(d.Serves, w.Service)
}

func place(serves []id.Service, s id.Service) int32 {
	return int32(slices.Index(serves, s)) // nowhere is -1 too
}

// pick is the index of whom the desk calls, or nowhere.
func (p *picker) pick(all []entry, now int64) int {
	clear(p.lines)
	for i := range all {
		if e := &all[i]; e.line != nowhere {
			p.lines[e.line].see(i, e.standing(p.ceiling, now))
		}
	}
	return p.choose(now)
}

func (l *line) see(i int, s standing) {
	if l.waiting == 0 || s.seniority < l.oldest {
		l.oldest = s.seniority
	}
	if l.waiting == 0 || s.before(l.top) {
		l.best, l.top = i, s
	}
	l.waiting++
}

// choose compares the lines' first. Emergencies and those beyond the ceiling compete from every line.
func (p *picker) choose(now int64) int {
	var best *line
	reach := true // every line before this one is short
	for i := range p.lines {
		l := &p.lines[i]
		if l.waiting == 0 {
			continue
		}
		if (reach || l.top.tier <= tierCeiling) && (best == nil || l.top.before(best.top)) {
			best = l
		}
		reach = reach && l.waiting <= p.people && now-l.oldest <= p.short
	}
	if best == nil {
		return nowhere
	}
	return best.best
}

// sighted is a desk before those who wait.
type sighted struct {
	rules Rules
	*picker
	all []entry
}

func (s sighted) pick(now int64) int { return s.picker.pick(s.all, now) }

// why names the rule that made a choice. Whoever is first by age alone was chosen by order, unless the brake was needed.
func (s sighted) why(chosen int, now int64) Why {
	mine := s.all[chosen].standing(s.ceiling, now)
	w := Why{Rule: ByOrder}
	before := false // an earlier one of the desk's services whom class or appointment did not outrank
	for i := range s.all {
		other := s.all[i].standing(s.ceiling, now)
		if i == chosen || s.all[i].line == nowhere || !other.senior(mine) {
			continue
		}
		w.Overtaken++
		before = before || other.before(mine)
	}
	switch {
	case w.Overtaken == 0 && mine.tier == tierCeiling && s.braked(chosen, now):
		w.Rule = ByCeiling
	case w.Overtaken == 0:
	case before:
		w.Rule = ByPreference
	default:
		w.Rule = mine.tier.rule()
	}
	return w
}

// braked says whether somebody else would be next if there were no brake.
func (s sighted) braked(chosen int, now int64) bool {
	free := *s.picker
	free.ceiling = 0
	return free.pick(s.all, now) != chosen
}

func (t tier) rule() Rule {
	return [...]Rule{ByEmergency, ByCeiling, ByAppointment, ByClass}[t]
}
