package civil

import (
	"errors"
	"fmt"
	"strings"
)

// What parsing a number reports. The texts say what to do and quote nothing that was typed.
var (
	ErrNumberLetters = errors.New("a number has digits only; look at the card and type the 13 digits")
	ErrNumberLength  = errors.New("a number has 13 digits; look at the card and type all of them")
)

// Number is an identity number: of an identity card (CNIC), or of a child as a B-form or child registration certificate
// lists it, which the child keeps for its card later. No check digit is published, so only the shape can be held to it.
// Shape: 13 digits, written 5-7-1. The zero value is no number. It prints masked.
type Number struct{ digits secret }

// ParseNumber reads a typed number, with or without dashes and spaces, in ASCII, Urdu or Arabic-Indic digits. It reports
// ErrNumberLetters or ErrNumberLength.
func ParseNumber(typed string) (Number, error) {
	parts, ok := groups(typed)
	if !ok {
		return Number{}, ErrNumberLetters
	}
	digits := strings.Join(parts, "")
	if len(digits) != numberDigits {
		return Number{}, fmt.Errorf("%w; there are %d", ErrNumberLength, len(digits))
	}
	return Number{hide(digits)}, nil
}

// None says that there is no number.
func (n Number) None() bool { return n.digits == (secret{}) }

// Digits is the number itself: 13 ASCII digits, to be sealed or looked up.
func (n Number) Digits() string { return n.digits.tell() }

// Written is the number as it stands on the card, for a screen that needs it: "61101-1234567-8".
func (n Number) Written() string {
	if n.None() {
		return ""
	}
	d := n.Digits()
	return d[:5] + "-" + d[5:12] + "-" + d[12:]
}

// Masked is the number for a screen where its owner is told from others: "•••••-••••567-8".
func (n Number) Masked() string {
	if n.None() {
		return ""
	}
	d := n.Digits()
	return "•••••-••••" + d[9:12] + "-" + d[12:]
}

// Doubt is something unusual about a number, that staff looks at again and may confirm: it never stops an entry.
type Doubt string

// The doubts.
const (
	DoubtProvince Doubt = "province" // the first digit is of no province or territory
	DoubtSex      Doubt = "sex"      // the last digit is odd for a man, even for a woman, and here it is not
	DoubtPattern  Doubt = "pattern"  // one digit thirteen times: somebody filled the field
)

// Doubts are what is unusual about a number of somebody of a sex. First digits are 1 to 7: Khyber Pakhtunkhwa, the former
// tribal areas, Punjab, Sindh, Balochistan, Islamabad, Gilgit-Baltistan; 8 is said to be Azad Kashmir's. Some cards of
// transgender people and corrected records differ in the last.
func (n Number) Doubts(s Sex) (out []Doubt) {
	if n.None() {
		return nil
	}
	d := n.Digits()
	if d[0] < '1' || d[0] > '8' {
		out = append(out, DoubtProvince)
	}
	if odd := (d[numberDigits-1]-'0')%2 == 1; s == Male && !odd || s == Female && odd {
		out = append(out, DoubtSex)
	}
	if strings.Count(d, d[:1]) == numberDigits {
		out = append(out, DoubtPattern)
	}
	return out
}
