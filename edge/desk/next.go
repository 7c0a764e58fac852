package desk

import (
	"slices"

	"markaz.example/edge/book/staff"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/queue"
)

// moment is when a choice is made: on the axis of waits, and by the clock, which appointments go by.
type moment struct {
	axis  int64
	clock clock.Stamp
}

func (f *Floor) now(src ledger.Source) moment {
	s := f.Ledger.Clock().Now()
	return moment{visit.AxisOf(src, s), s}
}

func decided(tx *ledger.Tx) moment { return moment{visit.Now(tx), tx.Now()} }

func (f *Floor) rules() queue.Rules {
	if f.Rules.Ranks == nil {
		return queue.DefaultRules()
	}
	return f.Rules
}

// lined are people who wait, side by side as their line and the policy know them.
type lined struct {
	who []visit.Waiter
	as  []queue.Waiter
}

func (l *lined) add(w visit.Waiter, as queue.Waiter) {
	l.who, l.as = append(l.who, w), append(l.as, as)
}

// waiter is a waiter as the policy knows it.
func (f *Floor) waiter(w visit.Waiter, at moment) queue.Waiter {
	service, _ := f.Catalogue.Service(w.Service)
	return queue.Waiter{
		Service: w.Service, Class: queue.Class(w.Class), SinceMs: w.Since, SeniorityMs: w.Seniority, Number: w.Opened,
		ApptMs: at.appointment(w.Appointment),
		Needs: queue.Needs{
			Language: w.Needs.Language, Sex: w.Needs.Sex, Ground: w.Needs.Ground, Skill: w.Needs.Skill, Machine: service.Machine,
		},
	}
}

// appointment is a booked time on the axis; 0 for none, and while the clock is not to be trusted.
func (at moment) appointment(wall int64) int64 {
	if wall == 0 || at.clock.Grade < clock.RTC {
		return 0
	}
	return at.axis + wall - at.clock.Wall
}

// lineup is who waits for a service, in two: those who may be called, and those who let others go first. A desk sees
// neither whom a transfer meant for another.
func (f *Floor) lineup(src ledger.Source, s id.Service, at moment, sees func(visit.Waiter) bool) (ready, gated lined) {
	calls := visit.Calls(src, s)
	for _, w := range visit.Line(src, s) {
		switch {
		case !sees(w):
		case w.Gate > calls:
			gated.add(w, f.waiter(w, at))
		default:
			ready.add(w, f.waiter(w, at))
		}
	}
	return ready, gated
}

// reach is who a desk could call: from all its lines, and to whom a transfer bound it.
func (f *Floor) reach(src ledger.Source, d Desk, at moment) (ready, gated lined) {
	sees := func(w visit.Waiter) bool { return f.mayCall(src, d, w) }
	for _, s := range d.Serves {
		r, g := f.lineup(src, s, at, sees)
		ready.who, ready.as = append(ready.who, r.who...), append(ready.as, r.as...)
		gated.who, gated.as = append(gated.who, g.who...), append(gated.as, g.as...)
	}
	return ready, gated
}

// mayCall says that a transfer did not mean somebody for another desk or person, or that neither is here.
func (f *Floor) mayCall(src ledger.Source, d Desk, w visit.Waiter) bool {
	if w.To != "" && w.To != d.Code && visit.StatusOf(src, w.To).State == visit.DeskOpen {
		return false
	}
	return w.Staff == "" || f.sitting(src, d.Code).Staff == w.Staff || !f.isHere(src, w.Staff)
}

func (f *Floor) isHere(src ledger.Source, staff string) bool {
	return slices.ContainsFunc(f.Catalogue.Desks, func(d Desk) bool {
		return f.sitting(src, d.Code).Staff == staff && visit.StatusOf(src, d.Code).State == visit.DeskOpen
	})
}

// sitting is who sits at a desk: nobody where nobody signs in.
func (f *Floor) sitting(src ledger.Source, d id.Desk) Sitting {
	seat, ok := staff.At(src, d)
	if !ok {
		return Sitting{}
	}
	who, _ := staff.Get(src, seat.Staff) // nobody is taken out of the book
	return Sitting{Staff: string(seat.Staff), Skills: who.Skills, Languages: who.Languages, Sex: sexWanted[who.Sex]}
}

// sexWanted is the staff book's word for what visitors' needs and desks have a letter for.
var sexWanted = map[string]string{"female": "f", "male": "m"}

// deskNow is a desk as the policy knows it.
func (f *Floor) deskNow(src ledger.Source, d Desk) queue.Desk {
	who := f.sitting(src, d.Code)
	q := queue.Desk{
		Open: visit.StatusOf(src, d.Code).State == visit.DeskOpen, Serves: d.Serves,
		Skills: slices.Concat(d.Skills, who.Skills), Languages: slices.Concat(d.Languages, who.Languages),
		Sex: d.Sex, Ground: d.Ground, Machines: f.machines(d.Code),
	}
	if who.Sex != "" {
		q.Sex = who.Sex
	}
	return q
}

// machines are those that work at a desk: all, where nobody watches them.
func (f *Floor) machines(d id.Desk) []string {
	if f.Machines != nil {
		return f.Machines(d)
	}
	var all []string
	for _, s := range f.Catalogue.Services {
		all = append(all, s.Machine)
	}
	return all
}

// next is whom a desk calls now. Extra is somebody who comes into line in this very decision; nil for nobody.
func (f *Floor) next(tx *ledger.Tx, d Desk, extra *visit.Visit) (visit.Waiter, visit.Why, bool) {
	at := decided(tx)
	ready, gated := f.reach(tx, d, at)
	if extra != nil && extra.State() == visit.StateWaiting {
		if w := asWaiter(extra); f.mayCall(tx, d, w) {
			ready.add(w, f.waiter(w, at))
		}
	}
	place := f.deskNow(tx, d)
	for _, l := range []lined{ready, gated} {
		if i, why, ok := queue.Next(f.rules(), place, l.as, at.axis); ok {
			return l.who[i], visit.Why{Rule: string(why.Rule), Overtook: why.Overtaken}, true
		}
	}
	return visit.Waiter{}, visit.Why{}, false
}

// asWaiter is a visit that waits, as its line would know it.
func asWaiter(v *visit.Visit) visit.Waiter {
	stop := v.Stop()
	return visit.Waiter{
		Visit: v.ID, Token: v.Token, Service: stop.Service, Class: stop.Class, Since: stop.Since.Axis, Seniority: stop.Seniority,
		Opened: v.Opened.Seq, Needs: v.Needs, To: stop.To, Staff: stop.Staff,
	}
}

// order is the first few of a service's line as they would be called, whatever they need.
func (f *Floor) order(src ledger.Source, s id.Service, at moment, limit int) []visit.Waiter {
	ready, gated := f.lineup(src, s, at, anybody)
	var out []visit.Waiter
	for _, l := range []lined{ready, gated} {
		for i := range l.as {
			l.as[i].Needs = queue.Needs{}
		}
		for _, i := range queue.Order(f.rules(), queue.Desk{Open: true, Serves: []id.Service{s}}, l.as, at.axis, limit-len(out)) {
			out = append(out, l.who[i])
		}
	}
	return out
}

func anybody(visit.Waiter) bool { return true }

// ahead is how many of its line would be called before a visit: all who wait, when it is not in line yet.
func (f *Floor) ahead(snap ledger.Snapshot, v *visit.Visit, at moment) int {
	stop := v.Stop()
	switch v.State() {
	case visit.StatePlanned:
		return visit.Waiting(snap, stop.Service)
	case visit.StateWaiting:
	default:
		return 0
	}
	ready, gated := f.seen(snap, stop.Service, at)
	if i := ready.index(v.ID); i >= 0 {
		return queue.Ahead(f.rules(), ready.as, i, at.axis)
	}
	return len(ready.who) + queue.Ahead(f.rules(), gated.as, gated.index(v.ID), at.axis)
}

func (l lined) index(v id.Visit) int {
	return slices.IndexFunc(l.who, func(w visit.Waiter) bool { return w.Visit == v })
}

// promise records what somebody is told about the wait that begins for a stop in this decision, the first time it waits.
// V is the visit before that, or as it will be.
func (f *Floor) promise(tx *ledger.Tx, v *visit.Visit, stop int, seniority int64) error {
	s := v.Stops[stop]
	if f.Estimate == nil || s.HighMin != 0 {
		return nil
	}
	at := decided(tx)
	w := visit.Waiter{
		Visit: v.ID, Service: s.Service, Class: s.Class, Since: at.axis, Seniority: seniority, Opened: v.Opened.Seq, Needs: v.Needs,
	}
	if s.Class == "" {
		w.Class = v.ClassNow()
	}
	low, high, ok := f.Estimate(tx, f.waiter(w, at), at.axis)
	if !ok || low < 0 || high < low || high == 0 || high > promisedMinMax {
		return nil
	}
	return visit.Promise(tx, v.ID, visit.Promised{Stop: uint8(stop), LowMin: uint16(low), HighMin: uint16(high)})
}

// promisedMinMax: nobody is told that they wait longer than a business day.
const promisedMinMax = 12 * 60
