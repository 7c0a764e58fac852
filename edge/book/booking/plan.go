package booking

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"markaz.example/edge/id"
)

// karachi is the zone of every centre; see book visit.
var karachi = time.FixedZone("PKT", 5*60*60)

// Plan is a template of slots: a service, at the desks it is for, on some days of the week. It is configuration, and no
// record: what was booked under it stays booked when it changes.
type Plan struct {
	Code    string // "nash-am"
	Service id.Service
	Sex     string // of the staff at the desks that it is for: "f"; empty for any
	Days    []time.Weekday
	From    int // the first slot, in minutes after midnight
	To      int // no slot begins at or after it
	Every   int // minutes

	Places  int // of a slot; one is for a visit, of a person or a family
	WalkIns int // of them, kept for those who have not booked
	Lent    int // the first so many are headquarters' to lend
	OwnFrom int // and these are this box's own; 0 for all that are left. Boxes of one centre have shares that do not meet
	OwnTo   int
}

// Slot is one time of one day under a plan.
type Slot struct {
	Plan   string
	Day    string // local date, "2026-12-01"
	Minute uint16 // after midnight
}

// Check reports a plan under which nothing could be booked, or a place could be sold twice.
func (p Plan) Check() error {
	return errors.Join(checkPlan(p.Code), p.Service.Check(), p.checkTimes(), p.checkPlaces())
}

func (p Plan) checkTimes() error {
	if p.From < 0 || p.To > minutesOfDay || p.From >= p.To || p.Every < EveryMin || (p.To-p.From)/p.Every > slotsMax {
		return fmt.Errorf("slots %s: from %d to %d every %d minutes: want a part of a day, and %d minutes at least", p.Code, p.From, p.To, p.Every, EveryMin)
	}
	if len(p.Days) == 0 {
		return fmt.Errorf("slots %s: on no day of the week", p.Code)
	}
	return nil
}

func (p Plan) checkPlaces() error {
	if p.Places < 1 || p.Places > PlacesMax || p.WalkIns < 0 || p.WalkIns >= p.Places {
		return fmt.Errorf("slots %s: %d places, %d for walk-ins: want 1 to %d, and one left to book", p.Code, p.Places, p.WalkIns, PlacesMax)
	}
	first, last := p.own()
	if p.Lent < 0 || p.Lent > p.Bookable() || p.OwnFrom < 0 || p.OwnTo < 0 {
		return fmt.Errorf("slots %s: headquarters lends %d of %d places", p.Code, p.Lent, p.Bookable())
	}
	if (p.OwnFrom != 0 || p.OwnTo != 0) && (first <= p.Lent || last < first || last > p.Bookable()) {
		return fmt.Errorf("slots %s: own places %d to %d: want some of %d to %d", p.Code, first, last, p.Lent+1, p.Bookable())
	}
	if p.Sex != "" && p.Sex != "f" && p.Sex != "m" {
		return fmt.Errorf(`slots %s: staff %q: want "f", "m" or nothing`, p.Code, p.Sex)
	}
	return nil
}

// Bookable is how many places of a slot can be booked, at all boxes together.
func (p Plan) Bookable() int { return p.Places - p.WalkIns }

// own is the first and the last of the places that are this box's.
func (p Plan) own() (first, last int) {
	if p.OwnFrom == 0 && p.OwnTo == 0 {
		return p.Lent + 1, p.Bookable()
	}
	return p.OwnFrom, p.OwnTo
}

// On lists the slots of a day, in order; none when the day is no date or not one of the plan's.
func (p Plan) On(day string) (out []Slot) {
	at, err := time.ParseInLocation(time.DateOnly, day, karachi)
	if err != nil || !slices.Contains(p.Days, at.Weekday()) {
		return nil
	}
	for m := p.From; m < p.To; m += p.Every {
		out = append(out, Slot{p.Code, day, uint16(m)})
	}
	return out
}

// Start is when a slot begins, in milliseconds since 1970 UTC.
func (s Slot) Start() int64 {
	at, _ := time.ParseInLocation(time.DateOnly, s.Day, karachi) // Check holds
	return at.UnixMilli() + int64(s.Minute)*time.Minute.Milliseconds()
}

// Clock is a slot's time as people read it: "09:30".
func (s Slot) Clock() string { return fmt.Sprintf("%02d:%02d", s.Minute/60, s.Minute%60) }

// Pool is what headquarters calls the places of a slot that it lends: "slot-nash-am-20261201-0930".
func (s Slot) Pool() string {
	return fmt.Sprintf("slot-%s-%s-%02d%02d", s.Plan, strings.ReplaceAll(s.Day, "-", ""), s.Minute/60, s.Minute%60)
}

// Later is a date so many days on; empty when the day is no date.
func Later(day string, days int) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return at.AddDate(0, 0, days).Format(time.DateOnly)
}

// DayOf is the local date of a moment, in milliseconds since 1970 UTC.
func DayOf(wall int64) string { return time.UnixMilli(wall).In(karachi).Format(time.DateOnly) }

func (s Slot) check() error {
	if at, err := time.Parse(time.DateOnly, s.Day); err != nil || at.Format(time.DateOnly) != s.Day {
		return fmt.Errorf("day %q: want for example %q", s.Day, "2026-12-01")
	}
	if s.Minute >= minutesOfDay {
		return fmt.Errorf("minute %d of a day", s.Minute)
	}
	return checkPlan(s.Plan)
}

func checkPlan(code string) error {
	if len(code) > planBytesMax {
		return fmt.Errorf("slots of a code of %d bytes: want %d at most", len(code), planBytesMax)
	}
	return checkWord("slots", code)
}

// checkWord reports what is no code of letters a-z, digits and hyphens.
func checkWord(what, s string) error {
	if s == "" || len(s) > wordBytesMax {
		return fmt.Errorf("%s: a code of %d bytes: want 1 to %d", what, len(s), wordBytesMax)
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return fmt.Errorf("%s %q: want letters a-z, digits and hyphens", what, s)
		}
	}
	return nil
}
