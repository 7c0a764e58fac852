package visit

import (
	"slices"

	"markaz.example/edge/clock"
	"markaz.example/edge/id"
)

// Visit is one person or family at the centre on one day.
type Visit struct {
	ID      id.Visit `cbor:"1,keyasint"`
	Day     string   `cbor:"2,keyasint"` // business day, "2026-11-22"
	Token   id.Token `cbor:"3,keyasint"`
	Code    id.Code  `cbor:"4,keyasint"`
	Lang    string   `cbor:"5,keyasint"`
	Stops   []Stop   `cbor:"6,keyasint"` // in the order they came into the visit, which never changes; at least one
	InHand  bool     `cbor:"7,keyasint"` // the paper was confirmed
	Opened  Moment   `cbor:"8,keyasint"`
	Settled Moment   `cbor:"9,keyasint"`  // when it came to its end; zero before
	Reason  string   `cbor:"10,keyasint"` // why it was left or cancelled; empty otherwise

	Now    uint8 `cbor:"11,keyasint"` // index of the present stop; of the last one, when the visit is over
	Walked Path  `cbor:"12,keyasint"` // stops that ended, in the order they did
	Plan   Path  `cbor:"13,keyasint"` // stops to come, in order
	End    State `cbor:"14,keyasint"` // done, left, cancelled or failed; empty before

	Persons     uint8    `cbor:"15,keyasint"` // who walk together; 0 is not known
	Class       string   `cbor:"16,keyasint"` // empty is normal
	Fact        string   `cbor:"17,keyasint"` // why the class, a code
	Issuer      string   `cbor:"18,keyasint"` // who recorded the fact: an actor
	Needs       Needs    `cbor:"19,keyasint"`
	Journey     string   `cbor:"20,keyasint"` // code of its template; empty for none
	Marks       []string `cbor:"21,keyasint"` // codes that other parts set, in order
	Appointment int64    `cbor:"22,keyasint"` // booked time, wall milliseconds since 1970 UTC; 0 for none
	From        id.Visit `cbor:"23,keyasint"` // that it was split from; empty for none
	Carried     string   `cbor:"24,keyasint"` // business day that it was carried over from; empty for none
	Senior      int64    `cbor:"25,keyasint"` // what orders its first stop, if that is not when it began to wait; 0 is none
	Written     bool     `cbor:"26,keyasint"` // from the paper book
	Came        int64    `cbor:"27,keyasint"` // when the paper book says that it began, wall milliseconds; 0 for others
	Changed     uint64   `cbor:"28,keyasint"` // record that altered it last, promises left out
}

// Path is indexes of stops in an order.
type Path []uint8

// Needs is what a visit must have at a desk. Empty fields need nothing.
type Needs struct {
	Language string `cbor:"1,keyasint"` // that staff there speak: "ps"
	Sex      string `cbor:"2,keyasint"` // of the staff: "f", "m"
	Ground   bool   `cbor:"3,keyasint"` // reached without stairs
	Skill    string `cbor:"4,keyasint"` // of the staff: "grievance"
}

// Stop is one service wanted in a visit. Its sums are milliseconds.
type Stop struct {
	Service id.Service `cbor:"1,keyasint"`
	State   State      `cbor:"2,keyasint"`
	Since   Moment     `cbor:"3,keyasint"` // when it came to its state
	Desk    id.Desk    `cbor:"4,keyasint"` // that called last; empty before
	Called  Moment     `cbor:"5,keyasint"` // when it was called last, recalls left out; zero before
	Voiced  Moment     `cbor:"6,keyasint"` // the last call or recall; zero before
	Recalls int        `cbor:"7,keyasint"` // of the last call
	Outcome string     `cbor:"8,keyasint"` // once done; why, once failed or cancelled

	Class     string  `cbor:"9,keyasint"`  // that it waits in: of the visit, or returning
	Waited    Moment  `cbor:"10,keyasint"` // when it first came in line; zero before
	Seniority int64   `cbor:"11,keyasint"` // what orders it in the line: a moment's Axis
	Gate      uint64  `cbor:"12,keyasint"` // it is not called before so many calls of its service; see Calls
	Returns   uint8   `cbor:"13,keyasint"` // times it came back after a no-show
	To        id.Desk `cbor:"14,keyasint"` // the one desk that may call it; empty for any
	Staff     string  `cbor:"15,keyasint"` // the one person who may call it; empty for anybody
	Note      string  `cbor:"16,keyasint"` // code that came with a transfer
	Pool      bool    `cbor:"17,keyasint"` // parked for any desk of the service
	Why       string  `cbor:"18,keyasint"` // of the last hold or park, a code

	WaitMs     int64 `cbor:"19,keyasint"` // waiting to called, every time it waited; holds are no waiting
	ResponseMs int64 `cbor:"20,keyasint"` // called to confirmed
	ServedMs   int64 `cbor:"21,keyasint"` // serving
	HeldMs     int64 `cbor:"22,keyasint"` // on hold
	ParkedMs   int64 `cbor:"23,keyasint"` // parked

	Served   Moment `cbor:"24,keyasint"` // when it was confirmed first; zero before
	Ended    Moment `cbor:"25,keyasint"` // when it ended; zero before
	Rule     string `cbor:"26,keyasint"` // what made it next when it was called: a rule of package queue
	Overtook uint16 `cbor:"27,keyasint"` // how many stood before it then
	Picked   string `cbor:"28,keyasint"` // why a desk called it out of turn, a code; empty for none
	Recalled uint16 `cbor:"29,keyasint"` // recalls, of every call
	Missed   uint8  `cbor:"30,keyasint"` // times it did not come
	LowMin   uint16 `cbor:"31,keyasint"` // minutes that were promised when it first waited: not called before
	HighMin  uint16 `cbor:"32,keyasint"` // and called by then; 0 for no promise
	By       string `cbor:"33,keyasint"` // who confirmed last: an actor; empty before
}

// Moment is a record's place and time.
type Moment struct {
	Seq   uint64 `cbor:"1,keyasint"`
	Boot  uint64 `cbor:"2,keyasint"`
	Mono  uint64 `cbor:"3,keyasint"` // milliseconds since the start of that boot
	Wall  int64  `cbor:"4,keyasint"` // milliseconds since 1970 UTC
	Grade uint8  `cbor:"5,keyasint"` // the clock's grade
	Axis  int64  `cbor:"6,keyasint"` // milliseconds that only rise, over boots; see axis.go
}

// Stamp is the moment's time.
func (m Moment) Stamp() clock.Stamp {
	return clock.Stamp{Boot: m.Boot, Mono: m.Mono, Wall: m.Wall, Grade: clock.Grade(m.Grade)}
}

// At is the index of the stop where the visit stands: the present one, or the last.
func (v *Visit) At() int { return int(v.Now) }

// Stop is the stop where the visit stands.
func (v *Visit) Stop() *Stop { return &v.Stops[v.Now] }

// State is where the visit stands: its end, or the state of its present stop.
func (v *Visit) State() State {
	if v.Over() {
		return v.End
	}
	return v.Stop().State
}

// Over says that the visit came to its end.
func (v *Visit) Over() bool { return v.End != "" }

// NotInHand says that the visit was made and its paper not confirmed yet.
func (v *Visit) NotInHand() bool { return !v.InHand && !v.Over() }

// Path is every stop in the order walked: those that ended, the present one, those to come.
func (v *Visit) Path() Path {
	path := slices.Clone(v.Walked)
	if !v.Over() {
		path = append(path, v.Now)
	}
	return append(path, v.Plan...)
}

// copied is a visit that can be changed without changing v.
func (v Visit) copied() Visit {
	v.Stops, v.Walked, v.Plan = slices.Clone(v.Stops), slices.Clone(v.Walked), slices.Clone(v.Plan)
	v.Marks = slices.Clone(v.Marks)
	return v
}

// add brings a stop into a visit that is not over: it is the next one, or the last. It reports whether it fits.
func (v *Visit) add(s Stop, next bool) {
	v.Stops = append(v.Stops, s)
	index := uint8(len(v.Stops) - 1)
	if next {
		v.Plan = slices.Insert(v.Plan, 0, index)
		return
	}
	v.Plan = append(v.Plan, index)
}

// turn brings a stop to a state and adds the time in the one before to its sum.
func (s *Stop) turn(to State, at Moment) {
	passed := at.Axis - s.Since.Axis
	switch {
	case s.State == StateWaiting:
		s.WaitMs += passed
	case s.State == StateCalled && to == StateServing:
		s.ResponseMs += passed
	case s.State == StateServing:
		s.ServedMs += passed
	case s.State == StateHold:
		s.HeldMs += passed
	case s.State == StateParked:
		s.ParkedMs += passed
	}
	s.State, s.Since = to, at
	if to.ended() {
		s.Ended = at
	}
}

// await puts the present stop in line, at the place that its seniority gives it.
func (v *Visit) await(seniority int64, at Moment) {
	stop := v.Stop()
	stop.turn(StateWaiting, at)
	stop.Seniority, stop.Class, stop.Gate = seniority, v.ClassNow(), 0
	if stop.Waited.Seq == 0 {
		stop.Waited = at
	}
}

// end ends the present stop and goes on to the next: the one with index next-1, or the first of the plan when next is 0.
func (v *Visit) end(s State, next uint8, at Moment) *Stop {
	stop := v.Stop()
	stop.turn(s, at)
	v.Walked = append(v.Walked, v.Now)
	v.goOn(next, at)
	return stop
}

// goOn takes up the next stop of the plan, or settles the visit.
func (v *Visit) goOn(next uint8, at Moment) {
	if len(v.Plan) == 0 {
		v.End, v.Settled = v.outcome(), at
		return
	}
	i := max(slices.Index(v.Plan, next-1), 0) // next 0 is no index
	v.Now = v.Plan[i]
	v.Plan = slices.Delete(v.Plan, i, i+1)
	v.await(at.Axis, at)
}

// outcome is how a visit ended whose stops all ended by themselves.
func (v *Visit) outcome() State {
	end := StateCancelled
	for _, s := range v.Stops {
		switch {
		case s.State == StateDone:
			return StateDone
		case s.State == StateFailed:
			end = StateFailed
		}
	}
	return end
}

// settle ends every stop that has not ended, and with them the visit.
func (v *Visit) settle(s State, reason string, at Moment) {
	for _, i := range v.Path()[len(v.Walked):] {
		v.Stops[i].turn(s, at)
		v.Walked = append(v.Walked, i)
	}
	v.Now, v.Plan = v.Walked[len(v.Walked)-1], nil
	v.End, v.Reason, v.Settled = s, reason, at
}

// ClassNow is the class that the present stop waits in. Who comes from another stop is returning, unless something more
// was recorded of them: an appointment is for the first stop.
func (v *Visit) ClassNow() string {
	if len(v.Walked) > 0 && (v.Class == "" || v.Class == ClassNormal || v.Class == ClassAppointment) {
		return ClassReturning
	}
	if v.Class == "" {
		return ClassNormal
	}
	return v.Class
}
