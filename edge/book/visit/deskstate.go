package visit

import (
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// DeskSet records that a desk was opened, paused or closed. A desk of which nothing was recorded is open.
type DeskSet struct {
	Desk   id.Desk   `cbor:"1,keyasint"`
	State  DeskState `cbor:"2,keyasint"` // "open", "paused", "closed"
	Reason string    `cbor:"3,keyasint"` // a code: "prayer"; empty for an open desk
}

// Kind is visit.desk-set/1.
func (DeskSet) Kind() chain.Kind { return "visit.desk-set/1" }

// Check reports a desk or state that cannot be, or a reason that is missing.
func (e DeskSet) Check() error {
	switch e.State {
	case DeskOpen:
		if e.Reason != "" {
			return fmt.Errorf("desk %s is open for a reason", e.Desk)
		}
		return e.Desk.Check()
	case DeskPaused, DeskClosed:
		return errors.Join(e.Desk.Check(), CheckWord(e.Reason))
	}
	return fmt.Errorf("desk state %q: want open, paused or closed", e.State)
}

func (e DeskSet) project(v ledger.View, h chain.Header) error {
	at, err := moment(v, h)
	if err != nil {
		return err
	}
	open, _ := openDay(v.Reader)
	before := deskStatus(v.Reader, e.Desk)
	after := before.until(open, at.Axis)
	after.State, after.Reason, after.Since = e.State, e.Reason, at
	return errors.Join(rememberPause(v, before, e.State, at), put(v, stateKey(e.Desk), after))
}

// DeskStatus is whether a desk calls people, and how long it did today.
type DeskStatus struct {
	State    DeskState `cbor:"1,keyasint"`
	Reason   string    `cbor:"2,keyasint"` // why it is paused or closed
	Since    Moment    `cbor:"3,keyasint"` // zero when it was never set
	Day      string    `cbor:"4,keyasint"` // business day of the sums
	OpenMs   int64     `cbor:"5,keyasint"` // of that day, until Since
	PausedMs int64     `cbor:"6,keyasint"`
}

func deskStatus(r ledger.Reader, d id.Desk) DeskStatus {
	s := DeskStatus{State: DeskOpen}
	get(r, stateKey(d), &s)
	return s
}

// until adds the time in the present state to the sums of the open day.
func (s DeskStatus) until(open day, axis int64) DeskStatus {
	if s.Day != open.Date {
		s.Day, s.OpenMs, s.PausedMs = open.Date, 0, 0
	}
	passed := axis - max(s.Since.Axis, open.Axis)
	switch s.State {
	case DeskOpen:
		s.OpenMs += passed
	case DeskPaused:
		s.PausedMs += passed
	}
	return s
}

// StatusOf is whether a desk calls people.
func StatusOf(src ledger.Source, d id.Desk) DeskStatus { return deskStatus(src.Reader(Name), d) }

// DeskTime is how long a desk was open and paused on the open business day, up to a moment on the axis.
func DeskTime(src ledger.Source, d id.Desk, nowMs int64) (openMs, pausedMs int64) {
	r := src.Reader(Name)
	open, _ := openDay(r)
	s := deskStatus(r, d).until(open, nowMs)
	return s.OpenMs, s.PausedMs
}

// SetDesk opens, pauses or closes a desk; it records nothing when the desk is so already. It reports what Check finds.
func SetDesk(tx *ledger.Tx, d id.Desk, s DeskState, reason string) error {
	if now := StatusOf(tx, d); now.State == s && now.Reason == reason {
		return nil
	}
	return tx.Append("", DeskSet{d, s, reason})
}

// LineSet records that a service takes nobody new for the rest of the day, or does again. Who waits there is served.
type LineSet struct {
	Service id.Service `cbor:"1,keyasint"`
	Closed  bool       `cbor:"2,keyasint"`
	Reason  string     `cbor:"3,keyasint"` // why it is closed, a code; empty otherwise
}

// Kind is visit.line-set/1.
func (LineSet) Kind() chain.Kind { return "visit.line-set/1" }

// Check reports a service that cannot be, or a reason that is missing.
func (e LineSet) Check() error {
	if !e.Closed {
		return errors.Join(e.Service.Check(), checkWordOrNone(e.Reason))
	}
	return errors.Join(e.Service.Check(), CheckWord(e.Reason))
}

func (e LineSet) project(v ledger.View, h chain.Header) error {
	if _, err := moment(v, h); err != nil {
		return err
	}
	if e.Closed {
		return v.Put(closedKey(e.Service), []byte(e.Reason))
	}
	return v.Delete(closedKey(e.Service))
}

// LineClosed is why a service takes nobody new; false when it does.
func LineClosed(src ledger.Source, s id.Service) (reason string, closed bool) {
	b := src.Reader(Name).Get(closedKey(s))
	return string(b), b != nil
}

// SetLine closes a line, or opens it again when reason is empty; it records nothing when that is so already. It reports
// what Check finds.
func SetLine(tx *ledger.Tx, s id.Service, reason string) error {
	now, closed := LineClosed(tx, s)
	if closed == (reason != "") && now == reason {
		return nil
	}
	return tx.Append("", LineSet{s, reason != "", reason})
}
