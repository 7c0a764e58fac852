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
	best    int   // place in left
	top     standing
}

func newPicker(r Rules, d Desk) *picker {
	return &picker{r.CeilingMs, r.ShortPeople, r.ShortMs, make([]line, len(d.Serves))}
}

// view is the line of each waiter at one desk: the place of its service in the desk's preference, or nowhere.
type view []int32

// nowhere is the line of whom the desk cannot call, and the index of nobody.
const nowhere = -1

func newView(d Desk, waiting []Waiter) view {
	v := make(view, len(waiting))
	for i, w := range waiting {
		v[i] = nowhere
		if d.meets(w.Needs) {
			v[i] = place(d.Serves, w.Service)
		}
	}
	return v
}

func place(serves []id.Service, s id.Service) int32 {
	return int32(slices.Index(serves, s)) // nowhere is -1 too
}

// pick is whom of those who are left the desk calls: a place in left, or nowhere.
func (p *picker) pick(all []entry, v view, left []int32, now int64) int {
	clear(p.lines)
	for at, i := range left {
		if l := v[i]; l != nowhere {
			p.lines[l].see(at, all[i].standing(p.ceiling, now))
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

// sight is a desk before those who wait.
type sight struct {
	*picker
	all  []entry
	view view
	left []int32 // indices of those who have not been called
}

func newSight(r Rules, d Desk, waiting []Waiter) sight {
	left := make([]int32, len(waiting))
	for i := range left {
		left[i] = int32(i)
	}
	return sight{newPicker(r, d), entries(r, waiting), newView(d, waiting), left}
}

func (s sight) next(now int64) int { return s.pick(s.all, s.view, s.left, now) }

// why names the rule that made a choice. Whoever is first by age alone was chosen by order, unless the brake was needed.
func (s sight) why(chosen int, now int64) Why {
	mine := s.all[chosen].standing(s.ceiling, now)
	w := Why{Rule: ByOrder}
	before := false // an earlier one whom neither class nor appointment outranks: of a service less preferred
	for i := range s.all {
		other := s.all[i].standing(s.ceiling, now)
		if s.view[i] == nowhere || !other.senior(mine) {
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
func (s sight) braked(chosen int, now int64) bool {
	free := *s.picker
	free.ceiling = 0
	return free.pick(s.all, s.view, s.left, now) != chosen
}

func (t tier) rule() Rule {
	return [...]Rule{ByEmergency, ByCeiling, ByAppointment, ByClass}[t]
}
