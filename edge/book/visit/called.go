package visit

import (
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Called records that a desk called a waiting visit. Called2 took its place, which also says why.
type Called struct {
	Desk id.Desk `cbor:"1,keyasint"`
	Stop uint8   `cbor:"2,keyasint"` // index of the stop
}

// Kind is visit.called/1.
func (Called) Kind() chain.Kind { return "visit.called/1" }

// Check reports a desk or stop that cannot be.
func (e Called) Check() error { return checkAt(e.Desk, e.Stop) }

func (e Called) project(v ledger.View, h chain.Header) error {
	return Called2{Desk: e.Desk, Stop: e.Stop}.project(v, h)
}

// Called2 records that a desk called a visit.
type Called2 struct {
	Desk     id.Desk `cbor:"1,keyasint"`
	Stop     uint8   `cbor:"2,keyasint"` // index of the stop
	Rule     string  `cbor:"3,keyasint"` // what made it next: a rule of package queue; empty when it was picked
	Overtook uint16  `cbor:"4,keyasint"` // how many stood before it whom the desk could have called
	Reason   string  `cbor:"5,keyasint"` // why it was picked out of turn, a code; empty otherwise
	With     bool    `cbor:"6,keyasint"` // in one press with what the desk recorded before
}

// Kind is visit.called/2.
func (Called2) Kind() chain.Kind { return "visit.called/2" }

// Check reports a desk, stop, rule or reason that cannot be.
func (e Called2) Check() error {
	return errors.Join(checkAt(e.Desk, e.Stop), checkWordOrNone(e.Rule), checkWordOrNone(e.Reason))
}

func (e Called2) project(v ledger.View, h chain.Header) error {
	var service id.Service
	err := press(v, h, e.Desk, e.With, func(after *Visit, at Moment) {
		stop := after.Stop()
		stop.turn(StateCalled, at)
		stop.Desk, stop.Called, stop.Voiced, stop.Recalls = e.Desk, at, at, 0
		stop.Rule, stop.Overtook, stop.Picked = e.Rule, e.Overtook, e.Reason
		service = stop.Service
	})
	if err != nil {
		return err
	}
	return errors.Join(
		putCalls(v, service, calls(v.Reader, service)+1),
		show(v, h, e.Desk, 0),
		noteCall(v, e.Desk, h.Seq, service),
	)
}

// Why is what made a visit next.
type Why struct {
	Rule     string
	Overtook int
	Reason   string // of a pick; empty otherwise
	With     bool   // in one press with the finish before it
}

// Call gives a visit that waits, is parked or did not come to a desk that has nobody in hand, or finishes with them in
// this decision (With). It reports ErrNoVisit, ErrState or ErrDeskBusy.
func Call(tx *ledger.Tx, d id.Desk, v id.Visit, why Why) error {
	got, err := standing(tx, v)
	if err != nil {
		return err
	}
	if _, busy := AtDesk(tx, d); busy && !why.With {
		return fmt.Errorf("desk %s: %w", d, ErrDeskBusy)
	}
	switch got.State() {
	case StateWaiting, StateParked, StateNoShow:
		return appendCall(tx, d, &got, why)
	}
	return fmt.Errorf("visit %s is %s: %w", v, got.State(), ErrState)
}

// CallOn calls, in the press that finishes with somebody, that same visit's next stop: as Call, for a visit as Finished
// leaves it behind.
func CallOn(tx *ledger.Tx, d id.Desk, after *Visit, why Why) error {
	return appendCall(tx, d, after, why)
}

func appendCall(tx *ledger.Tx, d id.Desk, v *Visit, why Why) error {
	return tx.Append(string(v.ID), Called2{
		Desk: d, Stop: v.Now, Rule: why.Rule, Overtook: uint16(min(why.Overtook, 1<<16-1)), Reason: why.Reason, With: why.With,
	})
}

func checkAt(d id.Desk, stop uint8) error {
	if stop >= StopsMax {
		return fmt.Errorf("stop %d: a visit has %d at most", stop, StopsMax)
	}
	return d.Check()
}

// Shown is one of the last calls, as the hall screen shows it.
type Shown struct {
	Seq     uint64     `cbor:"-"` // record of the call or recall
	Visit   id.Visit   `cbor:"1,keyasint"`
	Token   id.Token   `cbor:"2,keyasint"`
	Desk    id.Desk    `cbor:"3,keyasint"`
	Recalls int        `cbor:"4,keyasint"`
	Lang    string     `cbor:"5,keyasint"`
	Service id.Service `cbor:"6,keyasint"`
	At      Moment     `cbor:"7,keyasint"`
}

// show makes a call the newest on the hall screen and forgets the oldest beyond callsKept.
func show(v ledger.View, h chain.Header, d id.Desk, recalls int) error {
	called, err := load(v, h.Subject)
	if err != nil {
		return err
	}
	shown := Shown{
		Visit: called.ID, Token: called.Token, Desk: d, Recalls: recalls, Lang: called.Lang,
		Service: called.Stop().Service, At: called.Stop().Voiced,
	}
	if err := put(v, seqKey(callPrefix, h.Seq), shown); err != nil {
		return err
	}
	kept := keys(v.Reader, []byte(callPrefix))
	for len(kept) > callsKept {
		if err := v.Delete(kept[0]); err != nil {
			return err
		}
		kept = kept[1:]
	}
	return nil
}
