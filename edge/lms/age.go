package lms

import "time"

// Precision is how well a birth date is known. A score from anything but an exact one must say so.
type Precision uint8

// From nothing to the day.
const (
	AgeUnknown   Precision = iota
	AgeEstimated           // somebody guessed, or an event calendar was used
	AgeInMonths            // the month is known, not the day
	AgeExact
)

// Age is whole days since birth, on the day of measurement.
type Age struct {
	Days      int32 // less than 0 is not an age
	Precision Precision
}

// A month has 365.25/12 = 30.4375 days: 487 sixteenths.
const monthSixteenths = 487

const (
	nineMonths = (9*monthSixteenths + 15) / 16  // 274: the first day of which 9 months are full
	twoYears   = 731                            // the day from which height is what counts
	sixMonths  = (6*monthSixteenths + 15) / 16  // 183
	lastDay    = (60*monthSixteenths+15)/16 - 1 // 1826: the last day of which 60 months are not full
)

// Known reports whether there is an age to compute with.
func (a Age) Known() bool { return a.Precision != AgeUnknown && a.Days >= 0 }

// Between is an exact age: the calendar days from the date of birth to the date of measurement, whatever the hours and
// zones. Days are below 0 when the child would be measured before its birth.
func Between(born, measured time.Time) Age {
	const day = 24 * time.Hour
	return Age{int32(midnight(measured).Sub(midnight(born)) / day), AgeExact}
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// Months is an age of which only months are known: months times 30.4375 days, halves rounded up.
func Months(months int) Age { return Age{int32((months*monthSixteenths + 8) / 16), AgeInMonths} }

// CompletedMonths is how WHO's software counts: days by 30.4375, rounded down. 365 days are 11 months.
// Not for a programme's window: that is CalendarMonths.
func (a Age) CompletedMonths() int { return int(a.Days) * 16 / monthSixteenths }

// CalendarMonths is how programmes count their windows, such as 6 to 23 months: born on 11 November, one month is full on
// 11 December. Where the month has no such day, on the first of the next. Less than 0 before birth.
func CalendarMonths(born, measured time.Time) int {
	by, bm, bd := born.Date()
	my, mm, md := measured.Date()
	months := (my-by)*12 + int(mm) - int(bm)
	if md < bd {
		months--
	}
	return months
}

// InWindow reports whether a child is in a programme's window of calendar months, both ends included: 6 to 23 ends on the
// day before the second birthday.
func InWindow(born, measured time.Time, from, to int) bool {
	months := CalendarMonths(born, measured)
	return months >= from && months <= to
}
