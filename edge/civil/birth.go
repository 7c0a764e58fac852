package civil

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// What parsing a birth date reports.
var (
	ErrBirthDate   = errors.New("there is no such date; type day, month and year as the paper has them")
	ErrBirthFuture = errors.New("this date is still to come; look at the paper again")
	ErrBirthMonths = errors.New("an age in months is a whole number from 0 to 120")
	ErrPrecision   = errors.New("choose whether the date is exact, of the month, or estimated")
)

// Precision is how well a birth date is known. A figure made from an age says it.
type Precision string

// The precisions.
const (
	Exact     Precision = "exact"     // from a paper, to the day
	Month     Precision = "month"     // the month is known; the 15th stands for the day
	Estimated Precision = "estimated" // made from an age that somebody told
)

// Check reports ErrPrecision.
func (p Precision) Check() error {
	if p == Exact || p == Month || p == Estimated {
		return nil
	}
	return ErrPrecision
}

// Birth is a birth date and how well it is known. The zero value is none. It prints masked.
type Birth struct {
	day       secret // "2025-03-14"
	precision Precision
}

const dayLayout = "2006-01-02"

// ParseBirth reads a typed date, the day left empty when only the month is known. Today bounds it. It reports
// ErrBirthDate or ErrBirthFuture.
func ParseBirth(year, month, day string, today time.Time) (Birth, error) {
	precision := Exact
	if strings.TrimSpace(day) == "" {
		day, precision = strconv.Itoa(midMonth), Month
	}
	y, m, d := whole(year, 4), whole(month, 2), whole(day, 2)
	if y < yearMin || m < 1 || d < 1 {
		return Birth{}, ErrBirthDate
	}
	date := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if date.Day() != d || date.Month() != time.Month(m) {
		return Birth{}, ErrBirthDate
	}
	return within(date, precision, today)
}

// within keeps a date that has come. Of this month the 15th may be to come: then today stands for it.
func within(date time.Time, p Precision, today time.Time) (Birth, error) {
	today = dateOf(today)
	if p == Month && date.Year() == today.Year() && date.Month() == today.Month() && date.After(today) {
		date = today
	}
	if date.After(today) {
		return Birth{}, ErrBirthFuture
	}
	return Birth{hide(date.Format(dayLayout)), p}, nil
}

// EstimateBirth is the date that an age in whole months, typed, leads to, counted back from today in months of 30.4375
// days and rounded to the nearest day. It reports ErrBirthMonths.
func EstimateBirth(months string, today time.Time) (Birth, error) {
	n := whole(months, 3)
	if n < 0 || n > monthsMax {
		return Birth{}, ErrBirthMonths
	}
	days := (n*daysPerMonth10000 + 5000) / 10000
	return Birth{hide(dateOf(today).AddDate(0, 0, -days).Format(dayLayout)), Estimated}, nil
}

// whole reads digits of any kind, so many at most; -1 for anything else.
func whole(typed string, digitsMax int) int {
	parts, ok := groups(typed)
	if !ok || len(parts) != 1 || len(parts[0]) > digitsMax {
		return -1
	}
	n, err := strconv.Atoi(parts[0])
	if err != nil {
		return -1
	}
	return n
}

// dateOf is a day's beginning in UTC, of the day that t has in its own zone.
func dateOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// ReadBirth is the date that Date and Precision gave. It reports ErrBirthDate or ErrPrecision.
func ReadBirth(day string, p Precision) (Birth, error) {
	if _, err := time.Parse(dayLayout, day); err != nil {
		return Birth{}, ErrBirthDate
	}
	return Birth{hide(day), p}, p.Check()
}

// None says that there is no date.
func (b Birth) None() bool { return b.day == (secret{}) }

// Date is the date itself, to be sealed, or shown where it is needed: "2025-03-14".
func (b Birth) Date() string { return b.day.tell() }

// Precision is how well the date is known.
func (b Birth) Precision() Precision { return b.precision }

// Days is the age on a day, in whole days; negative before birth.
func (b Birth) Days(on time.Time) int {
	day, err := time.Parse(dayLayout, b.Date())
	if err != nil {
		return 0
	}
	return int(dateOf(on).Sub(day) / (24 * time.Hour))
}

// Months is the age on a day in months of 30.4375 days that are over, as WHO counts them.
func (b Birth) Months(on time.Time) int { return b.Days(on) * 10000 / daysPerMonth10000 }
