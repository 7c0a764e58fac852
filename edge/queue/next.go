package queue

import "slices"

// Why tells which rule chose, for the audit and the fairness report.
type Why struct {
	Rule      Rule
	Overtaken int // how many of the same service the desk could have called who stand before the chosen one in seniority
}

// Rule is what made somebody next. Shape: a code, one of the constants.
type Rule string

// The rules, strongest first.
const (
	ByEmergency   Rule = "emergency"   // before somebody who came earlier
	ByCeiling     Rule = "ceiling"     // has waited so long that the brake put them before a class
	ByAppointment Rule = "appointment" // before somebody who came earlier
	ByClass       Rule = "class"       // before somebody who came earlier
	ByPreference  Rule = "preference"  // those who came earlier wait for what this desk does only while its own line is short
	ByOrder       Rule = "order"       // came first of all whom the desk could call
)

// Next is the index of whom a desk calls now, and why; false if there is nobody for it. In order:
//
//  1. emergencies;
//  2. whoever has waited Rules.CeilingMs, and appointments inside their window;
//  3. the greatest effective wait, among those of 2 as among all others: wait x weight of the class + its boost, where
//     what has been waited beyond the ceiling weighs the same for all; of an appointment in its window wait + BookedMs;
//  4. at the same rank the most senior, then who came to this stop first, then the lower visit number.
//
// Only those count whom the desk can serve. Of the services that it does less gladly it takes only emergencies, and
// from lines in which somebody has waited the ceiling, until the lines that it prefers are short; then all compete as
// one. Waits count from SeniorityMs.
func Next(r Rules, d Desk, waiting []Waiter, nowMs int64) (index int, why Why, ok bool) {
	if !d.Open {
		return 0, Why{}, false
	}
	at := newSight(r, d, waiting)
	index = at.next(nowMs)
	if index == nowhere {
		return 0, Why{}, false
	}
	return index, at.why(index, nowMs), true
}

// Order is the first of those whom a desk would call if nobody else called or came and time stood still, limit at most.
func Order(r Rules, d Desk, waiting []Waiter, nowMs int64, limit int) []int {
	at := newSight(r, d, waiting)
	var order []int
	for len(order) < limit {
		next := at.next(nowMs)
		if next == nowhere {
			break
		}
		order = append(order, int(at.left[next]))
		at.left = slices.Delete(at.left, next, next+1)
	}
	return order
}

// Ahead is how many in the line of one who waits would be called before them, as things stand now. Desks differ in whom
// they can serve, so it is a count of the line and no promise.
func Ahead(r Rules, waiting []Waiter, who int, nowMs int64) int {
	me := standingOf(r, &waiting[who], nowMs)
	n := 0
	for i := range waiting {
		if i == who || waiting[i].Service != waiting[who].Service {
			continue
		}
		if other := standingOf(r, &waiting[i], nowMs); other.before(&me) {
			n++
		}
	}
	return n
}
