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
	before := deskStatus(v.Reader, e.Desk)
	errs := []error{rememberPause(v, before, e.State, at), put(v, stateKey(e.Desk), DeskStatus{e.State, e.Reason, at})}
	if open, ok := openDay(v.Reader); ok {
		errs = append(errs, put(v, changeKey(open.Date, e.Desk, at.Seq), deskChange{e.State, at.Axis}))
	}
	return errors.Join(errs...)
}

// DeskStatus is whether a desk calls people.
type DeskStatus struct {
	State  DeskState `cbor:"1,keyasint"`
	Reason string    `cbor:"2,keyasint"` // why it is paused or closed
	Since  Moment    `cbor:"3,keyasint"` // zero when it was never set
}

// deskChange is a state that a desk came to on a business day, or began it in.
type deskChange struct {
	State DeskState `cbor:"1,keyasint"`
	Axis  int64     `cbor:"2,keyasint"`
}

// beginDesks notes the state that each desk begins a business day in; one that was never set begins it open.
func beginDesks(v ledger.View, date string, at Moment) error {
	var errs []error
	for _, key := range keys(v.Reader, []byte(statePrefix)) {
		d := id.Desk(key[len(statePrefix):])
		errs = append(errs, put(v, changeKey(date, d, at.Seq), deskChange{deskStatus(v.Reader, d).State, at.Axis}))
	}
	return errors.Join(errs...)
}

func deskStatus(r ledger.Reader, d id.Desk) DeskStatus {
	s := DeskStatus{State: DeskOpen}
	get(r, stateKey(d), &s)
	return s
}

// StatusOf is whether a desk calls people.
func StatusOf(src ledger.Source, d id.Desk) DeskStatus { return deskStatus(src.Reader(Name), d) }

// DeskTime is how long a desk was open on a business day, up to a moment on the axis. Set says that its state stands in the
// book; of a desk that was never opened, paused or closed by then it is not known whether it was there.
func DeskTime(src ledger.Source, date string, d id.Desk, untilMs int64) (openMs int64, set bool) {
	r := src.Reader(Name)
	now := deskChange{State: DeskOpen}
	get(r, beganKey(date), &now.Axis)
	pass := func(next deskChange) {
		if now.State == DeskOpen {
			openMs += max(min(next.Axis, untilMs)-now.Axis, 0)
		}
		now = next
	}
	for _, key := range keys(r, changePrefix(date, d)) {
		var next deskChange
		get(r, key, &next)
		pass(next)
		set = true
	}
	pass(deskChange{Axis: untilMs})
	return openMs, set
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
