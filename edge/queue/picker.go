package queue

import "slices"

// picker chooses for one desk. It keeps room for its sums, so that the simulation allocates nothing per call.
type picker struct {
	brake
	people int
	short  int64
	lines  []line // of the desk's services, in preference
}

// line is what one pass over those who wait finds of one service.
type line struct {
	waiting int
	oldest  int64 // seniority
	best    int   // whom see was told of with top
	top     standing
}

func newPicker(r Rules, d Desk) *picker {
	return &picker{r.brake(), r.ShortPeople, r.ShortMs, make([]line, len(d.Serves))}
}

// view is the line of each waiter at one desk: the place of its service in the desk's preference, or nowhere.
type view []int32

// nowhere is the line of whom the desk cannot call, and the index of nobody.
const nowhere = -1

func newView(d Desk, waiting []Waiter) view {
	v := make(view, len(waiting))
	for i := range waiting {
		v[i] = d.line(&waiting[i])
	}
	return v
}

func (d Desk) line(w *Waiter) int32 {
	if !d.meets(w.Needs) {
		return nowhere
	}
	return int32(slices.Index(d.Serves, w.Service)) // nowhere is -1 too
}

// pick is whom of those who are left the desk calls: a place in left, or nowhere.
func (p *picker) pick(all []entry, v view, left []int32, now int64) int {
	clear(p.lines)
	for at, i := range left {
		if l := v[i]; l != nowhere {
			s := all[i].standing(p.brake, now)
			p.lines[l].see(at, 1, &s)
		}
	}
	return p.choose(now)
}

// see brings so many into a line, of whom the first and oldest stands at s.
func (l *line) see(i, n int, s *standing) {
	if l.waiting == 0 || s.seniority < l.oldest {
		l.oldest = s.seniority
	}
	if l.waiting == 0 || s.before(&l.top) {
		l.best, l.top = i, *s
	}
	l.waiting += n
}

// choose compares the lines' first. Emergencies compete from every line, and so does a line in which somebody waited the
// ceiling: its first goes before them by right.
func (p *picker) choose(now int64) int {
	var best *line
	reach := true // every line before this one is short
	for i := range p.lines {
		l := &p.lines[i]
		if l.waiting == 0 {
			continue
		}
		if (reach || l.top.tier == tierEmergency || p.holds(now-l.oldest)) && (best == nil || l.top.before(&best.top)) {
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
	mine := s.all[chosen].standing(s.brake, now)
	w := Why{Rule: ByOrder}
	passed := false // somebody of any service
	before := false // an earlier one whom neither class nor appointment outranks: of a service less preferred
	for i := range s.all {
		other := s.all[i].standing(s.brake, now)
		if s.view[i] == nowhere || !other.senior(&mine) {
			continue
		}
		if s.view[i] == s.view[chosen] {
			w.Overtaken++
		}
		passed, before = true, before || other.before(&mine)
	}
	switch {
	case !passed && s.holds(now-mine.seniority) && s.braked(chosen, now):
		w.Rule = ByCeiling
	case !passed:
	case before:
		w.Rule = ByPreference
	default:
		w.Rule = s.all[chosen].rule(now)
	}
	return w
}

// braked says whether somebody else would be next if there were no brake.
func (s sight) braked(chosen int, now int64) bool {
	free := *s.picker
	free.ceiling = 0
	return free.pick(s.all, s.view, s.left, now) != chosen
}
