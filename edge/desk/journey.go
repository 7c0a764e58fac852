package desk

import (
	"errors"
	"slices"

	"markaz.example/edge/book/visit"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// follows is what the journey of a visit adds when its present stop ends with an outcome. The first rule's stop comes
// first, so it is put in front last.
func (f *Floor) follows(v *visit.Visit, outcome string) []visit.Addition {
	journey, _ := f.Catalogue.journey(v.Journey)
	var add []visit.Addition
	for _, r := range slices.Backward(journey.Rules) {
		if !r.holds(v, outcome) || v.Has(r.Add) || added(add, r.Add) {
			continue
		}
		cause := r.Mark
		if cause == "" {
			cause = r.Outcome
		}
		add = append(add, visit.Addition{Service: r.Add, Cause: cause})
	}
	return add
}

// MarkFull is the mark of a visit for which its journey had a stop that did not fit: whoever has it in hand next, and the
// ledger, see that something is missing.
const MarkFull = "stops-full"

// fitting is what of its additions a visit has room for, of the first rules first: a desk can always finish. What is left
// out is marked. The mark stands before the press, so taking that back leaves it.
func (f *Floor) fitting(tx *ledger.Tx, v *visit.Visit, add []visit.Addition) ([]visit.Addition, error) {
	over := len(v.Stops) + len(add) - visit.StopsMax
	if over <= 0 {
		return add, nil
	}
	if f.Log != nil {
		f.Log.Warn("a visit has no room for what its journey adds", "visit", v.ID, "service", add[0].Service, "left out", over)
	}
	err := visit.Mark(tx, v.ID, MarkFull)
	if errors.Is(err, visit.ErrFull) { // of marks too: it is in the log
		err = nil
	}
	return add[over:], err
}

func (r Rule) holds(v *visit.Visit, outcome string) bool {
	return (r.After == "" || r.After == v.Stop().Service) && (r.Outcome == "" || r.Outcome == outcome) &&
		(r.Mark == "" || slices.Contains(v.Marks, r.Mark))
}

func added(add []visit.Addition, s id.Service) bool {
	return slices.ContainsFunc(add, func(a visit.Addition) bool { return a.Service == s })
}

// chooser picks the next stop of a visit whose journey has no order; nil for others.
func (f *Floor) chooser(tx *ledger.Tx, v *visit.Visit) func(*visit.Visit) uint8 {
	if j, ok := f.Catalogue.journey(v.Journey); !ok || !j.Free {
		return nil
	}
	return func(after *visit.Visit) uint8 {
		var plan []id.Service
		for _, i := range after.Plan {
			plan = append(plan, after.Stops[i].Service)
		}
		i := f.shortest(tx, plan, func(s id.Service) int { return visit.Waiting(tx, s) })
		if i < 0 {
			return 0
		}
		return after.Plan[i] + 1
	}
}

// shortestFirst puts the stop with the shortest wait in front of what a visitor asked for, and takes its letter. The first
// of a day finds empty lines: those of the day before end in this decision.
func (f *Floor) shortestFirst(tx *ledger.Tx, today visit.Day, a *visit.Asked) {
	waiting := func(s id.Service) int { return visit.Waiting(tx, s) }
	if today.New() {
		waiting = func(id.Service) int { return 0 }
	}
	i := f.shortest(tx, a.Stops, waiting)
	if i <= 0 {
		return
	}
	first := a.Stops[i]
	a.Stops = slices.Insert(slices.Delete(a.Stops, i, i+1), 0, first)
	service, _ := f.Catalogue.Service(first)
	a.Letter = service.Letter[0]
}

// shortest is the index of the service with the shortest expected wait, the first of equals; services that have to come
// after another of them are left out. It is -1 when there is none.
func (f *Floor) shortest(src ledger.Source, services []id.Service, waiting func(id.Service) int) int {
	best, least := -1, int64(0)
	for i, code := range services {
		service, _ := f.Catalogue.Service(code)
		if slices.ContainsFunc(service.After, func(s id.Service) bool { return slices.Contains(services, s) }) {
			continue
		}
		if wait := f.expected(src, service, waiting(code)); best < 0 || wait < least {
			best, least = i, wait
		}
	}
	return best
}

// expected is a service's wait for whoever comes now, as far as it decides where to send somebody first: those who wait,
// times the target, over the desks that are open. It needs no more than an order, so it does without an estimate.
func (f *Floor) expected(src ledger.Source, s Service, waiting int) int64 {
	desks := f.open(src, s.Code)
	if desks == 0 {
		return nobodyServes + int64(waiting)
	}
	target := max(s.Target.Milliseconds(), 1)
	return int64(waiting) * target / int64(desks)
}

// nobodyServes puts a service without an open desk behind every other: a month of waiting.
const nobodyServes = 30 * 24 * 60 * 60 * 1000

// open is how many open desks serve a service.
func (f *Floor) open(src ledger.Source, s id.Service) int {
	n := 0
	for _, d := range f.Catalogue.Desks {
		if slices.Contains(d.Serves, s) && visit.StatusOf(src, d.Code).State == visit.DeskOpen {
			n++
		}
	}
	return n
}
