package id

import (
	"regexp"
	"strings"
)

// Staff is a member of a centre's staff. It is typed on a keypad, so that its letter goes without saying, and is given
// once: whoever leaves keeps it.
// Shape: S and three digits from 001: "S007".
type Staff string

// StaffNumberMax is the last number: a centre of forty that changes a third of its people each year has some 60 years.
const StaffNumberMax = 999

var staffShape = regexp.MustCompile(`^S(?:[1-9][0-9]{2}|0[1-9][0-9]|00[1-9])$`)

// Check reports ErrShape.
func (s Staff) Check() error { return check("staff code", string(s), staffShape, "S007") }

// TypedStaff is the code that a person means: "7", "07", "007", "s7" and "S007" are one. Check it.
func TypedStaff(typed string) Staff {
	digits := strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(typed)), "S")
	if n := len(digits); n > 0 && n < 3 {
		digits = strings.Repeat("0", 3-n) + digits
	}
	return Staff("S" + digits)
}
