package visit

import (
	"fmt"
	"math"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
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
	for _, prefix := range []string{"k/", callPrefix} {
		for _, key := range keys(v.Reader, []byte(prefix)) {
			if err := v.Delete(key); err != nil {
				return err
			}
		}
	}
	if err := passFloor(v); err != nil {
		return err
	}
	if err := v.Put(beganKey(e.Day), []byte{1}); err != nil {
		return err
	}
	return put(v, dayKey, day{Date: e.Day, Seq: h.Seq, Grade: uint8(h.Stamp.Grade)})
}

// Day is the business day that a decision falls into.
type Day struct {
	Date string
	Seq  uint64 // record that opened it; math.MaxUint64 when this very decision opens it
}

// OpenDay makes sure that the day of the present is open, and settles up to SettledMax visits that an earlier day left
// behind. A day opens when none is open, or when a clock that may be trusted shows a date that was never opened before
// and is later than the open one, or is shown by a better clock than opened it. So a clock that jumps back opens
// nothing, and a day opened by a clock that ran ahead ends as soon as somebody trustworthy tells the time.
func OpenDay(tx *ledger.Tx) (Day, error) {
	r := tx.Reader(Name)
	open, ok := openDay(r)
	today := Day{open.Date, open.Seq}
	if date, ok := nextDay(r, open, ok, tx.Now()); ok {
		today = Day{date, math.MaxUint64}
		if err := tx.Append("", DayOpened{Day: date}); err != nil {
			return today, err
		}
	}
	return today, settle(tx, today)
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

// settle ends what an earlier day left behind. Visits are opened in order, so the first tells whether there is any.
func settle(tx *ledger.Tx, today Day) error {
	var old []Visit
	each(tx.Reader(Name), []byte(openPrefix), func(v Visit) bool {
		if v.Opened.Seq > today.Seq || len(old) == SettledMax {
			return false
		}
		old = append(old, v)
		return true
	})
	for _, v := range old {
		if err := tx.Append(string(v.ID), Left{Reason: ReasonDayEnd}); err != nil {
			return err
		}
	}
	return nil
}
