package visit

import (
	"markaz.example/edge/chain"
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
	Stops   []Stop   `cbor:"6,keyasint"` // in order; at least one
	InHand  bool     `cbor:"7,keyasint"` // the paper was confirmed
	Opened  Moment   `cbor:"8,keyasint"`
	Settled Moment   `cbor:"9,keyasint"`  // when it was done or left; zero before
	Reason  string   `cbor:"10,keyasint"` // why it was left; empty otherwise
}

// Stop is one service wanted in a visit.
type Stop struct {
	Service id.Service `cbor:"1,keyasint"`
	State   State      `cbor:"2,keyasint"`
	Since   Moment     `cbor:"3,keyasint"` // when it came to its state; while waiting, its place in the line
	Desk    id.Desk    `cbor:"4,keyasint"` // that called last; empty before
	Called  Moment     `cbor:"5,keyasint"` // the first call; zero before
	Voiced  Moment     `cbor:"6,keyasint"` // the last call or recall; zero before
	Recalls int        `cbor:"7,keyasint"`
	Outcome string     `cbor:"8,keyasint"` // once done
}

// Moment is a record's place and time.
type Moment struct {
	Seq   uint64 `cbor:"1,keyasint"`
	Boot  uint64 `cbor:"2,keyasint"`
	Mono  uint64 `cbor:"3,keyasint"` // milliseconds since the start of that boot
	Wall  int64  `cbor:"4,keyasint"` // milliseconds since 1970 UTC
	Grade uint8  `cbor:"5,keyasint"` // the clock's grade
}

func momentOf(h chain.Header) Moment {
	return Moment{h.Seq, h.Stamp.Boot, h.Stamp.Mono, h.Stamp.Wall, uint8(h.Stamp.Grade)}
}

// Stamp is the moment's time.
func (m Moment) Stamp() clock.Stamp {
	return clock.Stamp{Boot: m.Boot, Mono: m.Mono, Wall: m.Wall, Grade: clock.Grade(m.Grade)}
}

// At is the index of the stop where the visit stands: the first that is not done, or the last.
func (v *Visit) At() int {
	for i, s := range v.Stops {
		if s.State != StateDone {
			return i
		}
	}
	return len(v.Stops) - 1
}

// Stop is the stop where the visit stands.
func (v *Visit) Stop() *Stop { return &v.Stops[v.At()] }

// State is where the visit stands: the state of its present stop.
func (v *Visit) State() State { return v.Stop().State }

// Over says that the visit is done or left.
func (v *Visit) Over() bool { return v.State().over() }

// NotInHand says that the visit was made and its paper not confirmed yet.
func (v *Visit) NotInHand() bool { return !v.InHand && !v.Over() }

// enter brings the present stop to a state.
func (v *Visit) enter(s State, h chain.Header) *Stop {
	stop := v.Stop()
	stop.State, stop.Since = s, momentOf(h)
	return stop
}
