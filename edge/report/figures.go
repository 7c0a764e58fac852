package report

import (
	"cmp"
	"maps"
	"slices"

	"markaz.example/edge/id"
)

// Report is the figures of a day.
type Report struct {
	Day      string
	Marks    []string // what was not as on other days; the day is marked, never dropped
	Counts   Counts
	Visit    Spread  // token to the last done or left; carried visits and those that a day's end settled are left out
	PerVisit Spread  // the waits of a visit's stops together, of visits that were called at least once
	All      Figures // of every stop

	Services, Desks, Staff, Classes, Sexes, Hours []Row // in the order of their keys; Hours by when people came in line

	Fairness Fairness
}

// Unknown is the key of those of whom what the rows are by is not known.
const Unknown = "unknown"

// Row is the figures of a part of the day.
type Row struct {
	Key     string // service, desk, code of staff, class, sex or Unknown, hour "09"
	Figures Figures
}

// Counts are of visits. Asked is the sum of Standing, Done, NoShow, Left, Cancelled, Failed and CarriedOver.
type Counts struct {
	Asked       int // numbers made
	Issued      int // of them given out
	Standing    int // not over yet
	Done        int
	NoShow      int // did not come when called, and not since
	Left        int
	Cancelled   int
	Failed      int
	CarriedOver int // into the next day
	CarriedIn   int // from the day before
	Written     int // from the paper book

	Abandoned Share // left or no-show, of those issued
	FirstDay  Share // visits whose stops were all done on the day they came, of those issued that day
}

// Figures are of stops.
type Figures struct {
	Stops int // that came in line
	Calls int // stops that were called
	Quick int // served without a number: no stop; only in All, Services and Desks

	Wait     Spread // waiting to called, holds out
	Response Spread // called to confirmed
	Service  Spread // serving, holds and parks out

	Level  Share // service level: wait within the target, of the called that came and whose service has a target
	NoShow int   // counted apart from Level
	Left   int   // counted apart from Level

	Promise Share // called within the promised range, of those promised one

	ServedMs int64 // sum
	OpenMs   int64 // of the desk; only in Desks, and 0 where it is not known
}

// Occupancy is serving time out of open time; false where that is not known.
func (f Figures) Occupancy() (percent int, ok bool) {
	return Share{int(f.ServedMs / 1000), int(f.OpenMs / 1000)}.Percent()
}

// Of makes a day's report.
func Of(d Day) Report {
	t := newTables(d)
	for i := range d.Visits {
		t.visit(&d.Visits[i])
	}
	for _, q := range d.Quick {
		t.quick(q)
	}
	return t.report()
}

// tables are what the figures are collected in.
type tables struct {
	day                                           Day
	counts                                        Counts
	visits, perVisit                              sample
	all                                           pile
	services, desks, staff, classes, sexes, hours map[string]*pile
	fairness                                      scales
}

func newTables(d Day) *tables {
	t := &tables{day: d, fairness: newScales()}
	for _, m := range []*map[string]*pile{&t.services, &t.desks, &t.staff, &t.classes, &t.sexes, &t.hours} {
		*m = map[string]*pile{}
	}
	for desk := range d.Open {
		t.desks[string(desk)] = &pile{}
	}
	return t
}

func (t *tables) visit(v *Visit) {
	t.counts.add(v)
	if v.Over {
		return // the next day has its stops
	}
	if v.TotalMs > 0 {
		t.visits.add(v.TotalMs)
	}
	waited, called := int64(0), false
	for i := range v.Stops {
		s := &v.Stops[i]
		if s.Called {
			waited, called = waited+s.WaitMs, true
		}
		t.stop(s, v.Sex)
	}
	if called {
		t.perVisit.add(waited)
	}
	t.fairness.visit(v)
}

func (t *tables) stop(s *Stop, sex string) {
	if !s.InLine {
		return
	}
	target := t.day.Targets[s.Service].Milliseconds()
	t.all.add(s, target)
	of(t.services, string(s.Service)).add(s, target)
	of(t.classes, classOf(s.Class)).add(s, target)
	of(t.sexes, cmp.Or(sex, Unknown)).add(s, target)
	if s.Desk != "" {
		of(t.desks, string(s.Desk)).add(s, target)
	}
	if s.Staff != "" {
		of(t.staff, s.Staff).add(s, target)
	}
	if !s.Waited.IsZero() {
		of(t.hours, s.Waited.Format("15")).add(s, target)
	}
	t.fairness.stop(s)
}

func (t *tables) quick(q Quick) {
	for _, p := range []*pile{&t.all, of(t.services, string(q.Service)), of(t.desks, string(q.Desk))} {
		p.f.Quick += q.Count
	}
}

func of(m map[string]*pile, key string) *pile {
	if m[key] == nil {
		m[key] = &pile{}
	}
	return m[key]
}

func (t *tables) report() Report {
	r := Report{
		Day: t.day.Date, Marks: t.day.Marks, Counts: t.counts, Visit: t.visits.spread(), PerVisit: t.perVisit.spread(),
		All: t.all.figures(), Services: rows(t.services), Desks: rows(t.desks), Staff: rows(t.staff),
		Classes: rows(t.classes), Sexes: rows(t.sexes), Hours: rows(t.hours),
	}
	for i := range r.Desks {
		r.Desks[i].Figures.OpenMs = t.day.Open[id.Desk(r.Desks[i].Key)]
	}
	r.Fairness = t.fairness.weigh(r.Classes, r.All)
	return r
}

func rows(m map[string]*pile) []Row {
	var out []Row
	for _, key := range slices.Sorted(maps.Keys(m)) {
		out = append(out, Row{key, m[key].figures()})
	}
	return out
}

// pile is the stops of one row.
type pile struct {
	f                       Figures
	wait, response, service sample
}

func (p *pile) add(s *Stop, targetMs int64) {
	p.f.Stops++
	p.f.ServedMs += s.ServedMs
	switch fate(s) {
	case "no-show":
		p.f.NoShow++
	case "left":
		p.f.Left++
	}
	if !s.Called {
		return
	}
	p.f.Calls++
	p.wait.add(s.WaitMs)
	p.promise(s)
	if !s.Served {
		return
	}
	p.response.add(s.ResponseMs)
	p.service.add(s.ServedMs)
	if targetMs > 0 {
		p.f.Level.All++
		if s.WaitMs <= targetMs {
			p.f.Level.Of++
		}
	}
}

// fate is how a stop that was never served ended, for the counts beside the service level: "no-show" for one that did not
// come, "left" for one that went before; empty for all others.
func fate(s *Stop) string {
	gone := s.State == "left" || s.State == "cancelled"
	switch {
	case s.Served:
		return ""
	case s.State == "no-show", gone && s.Missed:
		return "no-show"
	case gone:
		return "left"
	}
	return ""
}

// promise judges as package queue does: both ends of the range are inside.
func (p *pile) promise(s *Stop) {
	if s.Promise == nil {
		return
	}
	p.f.Promise.All++
	if s.Promise.Inside() {
		p.f.Promise.Of++
	}
}

func (p *pile) figures() Figures {
	f := p.f
	f.Wait, f.Response, f.Service = p.wait.spread(), p.response.spread(), p.service.spread()
	return f
}

func (c *Counts) add(v *Visit) {
	c.Asked++
	c.tick(v)
	if v.From {
		c.CarriedIn++
	}
	if v.Written {
		c.Written++
	}
	if !v.InHand {
		return
	}
	c.Issued++
	c.Abandoned.All = c.Issued
	if !v.Over && (v.State == "left" || v.State == "no-show") {
		c.Abandoned.Of++
	}
	if v.From {
		return
	}
	c.FirstDay.All++
	if !v.Over && allDone(v) {
		c.FirstDay.Of++
	}
}

// tick counts where a visit stands.
func (c *Counts) tick(v *Visit) {
	if v.Over {
		c.CarriedOver++
		return
	}
	switch v.State {
	case "done":
		c.Done++
	case "no-show":
		c.NoShow++
	case "left":
		c.Left++
	case "cancelled":
		c.Cancelled++
	case "failed":
		c.Failed++
	default:
		c.Standing++
	}
}

func allDone(v *Visit) bool {
	return v.State == "done" && !slices.ContainsFunc(v.Stops, func(s Stop) bool { return s.State != "done" })
}

// normal is the class that others are compared with.
const normal = "normal"

func classOf(s string) string { return cmp.Or(s, normal) }
