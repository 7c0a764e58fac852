package scale

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Unit is a unit of mass as it stands in a scale's line.
type Unit string

// The units that can be turned into grams.
const (
	Kilogram  Unit = "kg"
	Gram      Unit = "g"
	Milligram Unit = "mg"
	Pound     Unit = "lb" // avoirdupois
	Ounce     Unit = "oz" // avoirdupois
)

// ratios is grams a unit, as a fraction. Source: international yard and pound agreement, 1 lb = 453.59237 g exactly.
var ratios = map[Unit]struct{ num, den int64 }{
	Kilogram: {1000, 1}, Gram: {1, 1}, Milligram: {1, 1000}, Pound: {45_359_237, 100_000}, Ounce: {45_359_237, 1_600_000},
}

// Metric reports whether the unit may be shown to a desk of ours.
func (u Unit) Metric() bool { return u == Kilogram || u == Gram || u == Milligram }

// Status is what the scale says of a weight.
type Status uint8

// From "weigh on" to "call someone". Only Moving, OK and Zero come with grams.
const (
	OK        Status = iota + 1 // at rest
	Zero                        // at rest, and the scale itself calls it zero
	Moving                      //
	Overload                    // more than the scale can weigh
	Underload                   // less: the pan is off, or was taken for zero with something on it
	Busy                        // cannot weigh just now: taring, or it found no rest
	Fault                       // the scale is not well
)

func (s Status) String() string {
	names := []string{"unknown", "ok", "zero", "moving", "overload", "underload", "busy", "fault"}
	if int(s) < len(names) {
		return names[s]
	}
	return fmt.Sprintf("Status(%d)", int(s))
}

// weighs reports whether a reading of this status carries grams.
func (s Status) weighs() bool { return s == OK || s == Zero || s == Moving }

// Reading is one weight as a scale said it.
type Reading struct {
	Grams       int64     // rounded half away from zero; zero unless the status carries grams
	Text        string    // the number as the scale wrote it: sign, digits, point; an error's code for Fault
	Decimals    int       // digits behind the point: the scale's resolution
	Unit        Unit      // of Text
	Stable      bool      // out of a Driver: to be believed. Out of a decoder: the scale calls it stable
	Status      Status    //
	BatteryLow  bool      // where the scale tells
	Millimetres int64     // height told with the weight; 0 for none
	At          time.Time // when its last byte came in
}

// Why a line that is otherwise well formed gives no weight.
var (
	// ErrUnit: no unit, or one that is no unit of mass. Set the scale to print kg or g.
	ErrUnit = errors.New("the scale does not say which unit: set it to print kg or g with the weight")
	// ErrBare: the scale's format has no word for "stable".
	ErrBare = errors.New("the scale sends numbers without saying whether they are stable: set the long output format")
	// ErrPieces: a count, a percentage or another thing that is no weight.
	ErrPieces = errors.New("the scale counts pieces: switch it back to weighing")
	// ErrFormat: the bytes are no line of this dialect.
	ErrFormat = errors.New("not a line that this scale sends")
)

// decimal is a number as written, without loss.
type decimal struct {
	digits   int64 // with the point taken out; negative for a minus
	decimals int
	text     string
}

// parseDecimal reads an optional sign, then digits with at most one point. Nothing else: no blanks, no comma.
func parseDecimal(s string) (decimal, error) {
	d := decimal{text: s}
	rest := strings.TrimLeft(s, "+-")
	if len(s)-len(rest) > 1 {
		return decimal{}, fmt.Errorf("number %q: %w", s, ErrFormat)
	}
	whole, part, pointed := strings.Cut(rest, ".")
	all := whole + part
	if len(all) == 0 || len(all) > digitsMax || strings.Trim(all, "0123456789") != "" || pointed && part == "" {
		return decimal{}, fmt.Errorf("number %q: %w", s, ErrFormat)
	}
	for _, c := range []byte(all) {
		d.digits = 10*d.digits + int64(c-'0')
	}
	if s[0] == '-' {
		d.digits = -d.digits
	}
	d.decimals = len(part)
	return d, nil
}

// grams converts exactly and rounds once, half away from zero. No overflow: nine digits times the largest numerator are
// 4.5e16, the largest denominator is 1.6e15.
func (d decimal) grams(u Unit) (int64, error) {
	r, ok := ratios[u]
	if !ok {
		return 0, fmt.Errorf("unit %q: %w", u, ErrUnit)
	}
	num, den := d.digits*r.num, r.den
	for range d.decimals {
		den *= 10
	}
	if num < 0 {
		return -((-2*num + den) / (2 * den)), nil
	}
	return (2*num + den) / (2 * den), nil
}

// weighed makes a reading of a number, its unit and what the scale said of it. Overload and the like keep no grams.
func weighed(number, unit string, status Status) (Reading, error) {
	if !status.weighs() {
		return Reading{Status: status}, nil
	}
	d, err := parseDecimal(number)
	if err != nil {
		return Reading{}, err
	}
	g, err := d.grams(Unit(unit))
	if err != nil {
		return Reading{}, err
	}
	return Reading{
		Grams: g, Text: d.text, Decimals: d.decimals, Unit: Unit(unit), Status: status, Stable: status != Moving,
	}, nil
}

// signed takes the blanks out between a sign and its digits, which column formats leave there.
func signed(s string) string {
	s = strings.Trim(s, " ")
	if s != "" && (s[0] == '-' || s[0] == '+') {
		return s[:1] + strings.TrimLeft(s[1:], " ")
	}
	return s
}
