package visit

import (
	"errors"
	"fmt"
	"math"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// karachi is the zone of every centre. Pakistan has kept +05:00 all year since 2009, so no table of zones is needed.
var karachi = time.FixedZone("PKT", 5*60*60)

// DayOpened records that a business day began: lines were empty and numbers start at 001 again.
type DayOpened struct {
	Day string `cbor:"1,keyasint"` // local date, "2026-11-22"
}

// Kind is visit.day-opened/1.
func (DayOpened) Kind() chain.Kind { return "visit.day-opened/1" }

// Check reports a day that is no date.
func (e DayOpened) Check() error { return checkDay(e.Day) }

func checkDay(s string) error {
	if t, err := time.Parse(time.DateOnly, s); err != nil || t.Format(time.DateOnly) != s {
		return fmt.Errorf("business day %q: want for example %q", s, "2026-11-22")
	}
	return nil
}

func (e DayOpened) project(v ledger.View, h chain.Header) error {
	for _, prefix := range []string{"k/", callPrefix, closedPrefix, announcePrefix, string(bookKey)} {
		for _, key := range keys(v.Reader, []byte(prefix)) {
			if err := v.Delete(key); err != nil {
				return err
			}
		}
	}
	at, err := moment(v, h)
	if err != nil {
		return err
	}
	return errors.Join(
		passFloor(v),
		beginDesks(v, e.Day, at),
		put(v, beganKey(e.Day), at.Axis),
		put(v, dayKey, day{Date: e.Day, Seq: h.Seq, Grade: uint8(h.Stamp.Grade), Axis: at.Axis}),
	)
}

// DayClosed records that the manager closed the day: nobody new is taken.
type DayClosed struct {
	Reason string `cbor:"1,keyasint"` // a code: "evening", "power"
	Carry  bool   `cbor:"2,keyasint"` // who is left goes over into the next day, at the front
}

// Kind is visit.day-closed/1.
func (DayClosed) Kind() chain.Kind { return "visit.day-closed/1" }

// Check reports a reason that is no code.
func (e DayClosed) Check() error { return CheckWord(e.Reason) }

func (e DayClosed) project(v ledger.View, h chain.Header) error {
	return setDay(v, h, func(d *day) { d.Closed, d.Carry, d.Reason = true, e.Carry, e.Reason })
}

// DayReopened records that the manager closed the day too early.
type DayReopened struct{}

// Kind is visit.day-reopened/1.
func (DayReopened) Kind() chain.Kind { return "visit.day-reopened/1" }

// Check accepts every value: there is nothing in it.
func (DayReopened) Check() error { return nil }

func (DayReopened) project(v ledger.View, h chain.Header) error {
	return setDay(v, h, func(d *day) { d.Closed, d.Carry, d.Reason = false, false, "" })
}

func setDay(v ledger.View, h chain.Header, change func(*day)) error {
	if _, err := moment(v, h); err != nil {
		return err
	}
	d, _ := openDay(v.Reader)
	change(&d)
	return put(v, dayKey, d)
}

// Day is the business day that a decision falls into.
type Day struct {
	Date   string
	Seq    uint64 // record that opened it; math.MaxUint64 when this very decision opens it
	Closed bool
	Carry  bool   // who is left goes over into the next day
	Reason string // why it was closed

	carried []id.Token // numbers that this very decision carries over
}

func (d day) asDay() Day {
	return Day{Date: d.Date, Seq: d.Seq, Closed: d.Closed, Carry: d.Carry, Reason: d.Reason}
}

// OpenDay makes sure that the day of the present is open, and settles up to SettledMax visits that an earlier day left
// behind. A day opens when none is open, or when a clock that may be trusted shows a date that was never opened before
// and is later than the open one, or is shown by a better clock than opened it. So a clock that jumps back opens
// nothing, and a day opened by a clock that ran ahead ends as soon as somebody trustworthy tells the time. It reports
// ErrDayClosed when the manager closed the present day.
func OpenDay(tx *ledger.Tx) (Day, error) {
	r := tx.Reader(Name)
	open, ok := openDay(r)
	today, carry := open.asDay(), false
	if date, ok := nextDay(r, open, ok, tx.Now()); ok {
		carry = open.Carry
		today = Day{Date: date, Seq: math.MaxUint64}
		if err := tx.Append("", DayOpened{Day: date}); err != nil {
			return today, err
		}
	}
	if today.Closed {
		return today, fmt.Errorf("%s: %w", today.Date, ErrDayClosed)
	}
	return settle(tx, today, carry)
}

func nextDay(r ledger.Reader, open day, opened bool, now clock.Stamp) (string, bool) {
	date := now.Time().In(karachi).Format(time.DateOnly)
	switch {
	case !opened:
		return date, true
	case now.Grade < clock.RTC, r.Get(beganKey(date)) != nil:
		return "", false
	}
	return date, date > open.Date || now.Grade > open.grade()
}

// settle ends what an earlier day left behind, or carries it over. Visits are opened in order, so the first tells whether
// there is any; those that were carried over before belong to the open day.
func settle(tx *ledger.Tx, today Day, carry bool) (Day, error) {
	for _, v := range leftovers(tx.Reader(Name), today) {
		var e ledger.Event = Left{Reason: ReasonDayEnd}
		if carry && v.goesOver() {
			e = Carried{}
			today.carried = append(today.carried, v.Token)
		}
		if err := tx.Append(string(v.ID), e); err != nil {
			return today, err
		}
	}
	return today, nil
}

func leftovers(r ledger.Reader, today Day) (old []Visit) {
	each(r, []byte(openPrefix), func(v Visit) bool {
		if v.Opened.Seq > today.Seq || len(old) == SettledMax {
			return false
		}
		if v.Day != today.Date {
			old = append(old, v)
		}
		return true
	})
	return old
}

// Carried records that a visit goes over from the day before into the open one: it waits again under its number, before
// all who come today.
type Carried struct{}

// Kind is visit.carried/1.
func (Carried) Kind() chain.Kind { return "visit.carried/1" }

// Check accepts every value: there is nothing in it.
func (Carried) Check() error { return nil }

// project keeps the night out of the wait: it begins anew, while the place in the line stays that of the day before.
func (Carried) project(v ledger.View, h chain.Header) error {
	open, _ := openDay(v.Reader)
	before, err := altered(v, h, func(after *Visit, at Moment) {
		after.Carried, after.Day = after.Day, open.Date
		stop := after.Stop()
		stop.State, stop.Since = StatePlanned, at
		after.await(stop.Seniority, at)
		stop.To, stop.Staff = "", "" // who was meant may not be here today
	})
	if err != nil {
		return err
	}
	return v.Put(tokenKey(open.Date, before.Token), []byte(before.ID))
}

// Close closes the open day. Who is being called or served is served; of the others, those whose paper is in hand are
// left for the next day when carry says so, and all else has ended, up to SettledMax: those are given. It reports ErrNoDay,
// ErrDayClosed, or what Check finds.
func Close(tx *ledger.Tx, reason string, carry bool) (left []id.Visit, err error) {
	r := tx.Reader(Name)
	open, ok := openDay(r)
	switch {
	case !ok:
		return nil, ErrNoDay
	case open.Closed:
		return nil, fmt.Errorf("%s: %w", open.Date, ErrDayClosed)
	}
	if err := tx.Append("", DayClosed{reason, carry}); err != nil {
		return nil, err
	}
	for _, v := range some(r, []byte(openPrefix), SettledMax) {
		if v.Stop().State.atDesk() || carry && v.goesOver() {
			continue
		}
		if err := tx.Append(string(v.ID), Left{Reason: ReasonDayClosed}); err != nil {
			return nil, err
		}
		left = append(left, v.ID)
	}
	return left, nil
}

// Reopen opens the day again that was closed. It reports ErrNoDay, or ErrState when it is not closed.
func Reopen(tx *ledger.Tx) error {
	open, ok := openDay(tx.Reader(Name))
	switch {
	case !ok:
		return ErrNoDay
	case !open.Closed:
		return fmt.Errorf("%s is open: %w", open.Date, ErrState)
	}
	return tx.Append("", DayReopened{})
}

// goesOver says that a visit is worth carrying over: it has a paper, and did come when it was called.
func (v *Visit) goesOver() bool { return v.InHand && v.State() != StateNoShow }
