package queue

import (
	"slices"

	"markaz.example/edge/id"
)

// Scene is all that an estimate stands on. Times are milliseconds, as in Next.
type Scene struct {
	Rules   Rules
	NowMs   int64
	Seats   []Seat
	Waiting []Waiter
	Times   map[id.Service]Times
	Coming  []Coming
	Pauses  Times // how long desks stay away; what is not known counts as a quarter of an hour
	Drag    int64 // percent by which calls are farther apart than they are long: pauses to come, walking, what nobody planned
}

// Seat is a desk and when it is free.
type Seat struct {
	Desk        Desk // Open also while it pauses, if it comes back
	BusySinceMs int64
	Busy        id.Service // of the call in its hand; empty is none
	PausedMs    int64      // when its pause began; 0 is no pause
}

// Coming is a stream of people who are still to come and may overtake.
type Coming struct {
	Waiter  Waiter // its times are set when it comes
	EveryMs int64  // on the average; 0 is never
}

// Estimate is what may be said to one who waits.
//
// Half of all waits end by P50Ms and four of five by P80Ms, so only three of ten end between the two. That is no range to plan
// a courtyard errand by. LowMin to HighMin is: it leaves out the shortest and the longest 7 % of the simulated waits and is
// rounded outward to steps of five minutes, fifteen beyond an hour. A promise is kept if the call comes neither before its low
// end, when the visitor may be away, nor after its high end: both ends count. See ADR 25.
type Estimate struct {
	Ahead           int // in the same line, as Ahead counts
	Known           Known
	P50Ms, P80Ms    int64 // from now to the call; if Known is Range
	LowMin, HighMin int   // the same

}

// Known is how much may be said. Shape: one of the constants.
type Known string

// What may be said.
const (
	Range  Known = "range"  // all of it
	People Known = "people" // only how many are ahead
	Closed Known = "closed" // no desk that can serve is open: offer another time
)

// Estimate plays the line some hundred times with Next's own choice and reads the waits off. It is deterministic: chance is
// drawn by a seed that follows from the scene.
func (s Scene) Estimate(who int) Estimate {
	e := Estimate{Ahead: Ahead(s.Rules, s.Waiting, who, s.NowMs), Known: People}
	me := s.Waiting[who]
	if !slices.ContainsFunc(s.Seats, func(t Seat) bool { return t.Desk.Open && t.Desk.Can(me) }) {
		e.Known = Closed
		return e
	}
	if !s.Times[me.Service].Known || len(s.Waiting) > linesMax || len(s.Seats) > seatsMax {
		return e
	}
	p := newPlay(s, who)
	waits := make([]int64, runs)
	for i := range waits {
		waits[i] = p.run()
	}
	slices.Sort(waits)
	e.Known = Range
	e.P50Ms, e.P80Ms = percentile(waits, 50), percentile(waits, 80)
	e.LowMin, e.HighMin = outward(percentile(waits, lowPercent), percentile(waits, highPercent))
	return e
}

// percentile is of sorted values.
func percentile(sorted []int64, percent int) int64 { return sorted[len(sorted)*percent/100] }

// outward rounds a range to minutes that a person says.
func outward(lowMs, highMs int64) (low, high int) {
	low, high = int(lowMs/minuteMs), int((highMs+minuteMs-1)/minuteMs)
	low -= low % step(low)
	n := step(high)
	high = (high + n - 1) / n * n
	return low, max(high, low+5)
}

func step(minutes int) int {
	if minutes > 60 {
		return 15
	}
	return 5
}
