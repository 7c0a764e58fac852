package lms

import (
	"errors"
	"fmt"
	"math"
)

// Limits is how far two readings of one thing may differ before a third is taken.
type Limits struct {
	Weight  Mass
	Stature Length
	Head    Length
	Arm     Length
}

// DefaultLimits are those usually quoted for WHO's reference study: 100 g, 7 mm, 5 mm. They are settings.
func DefaultLimits() Limits {
	return Limits{100 * Gram, 7 * Millimetre, 5 * Millimetre, 5 * Millimetre}
}

// ErrLimits is reported for limits that would call every pair of readings different, or none.
var ErrLimits = errors.New("limits of two readings: write 10 to 1000 g for weight and 1 to 50 mm for the others")

// Check reports ErrLimits.
func (l Limits) Check() error {
	if l.Weight < 10*Gram || l.Weight > Kilogram {
		return fmt.Errorf("weight %d g: %w", l.Weight/Gram, ErrLimits)
	}
	for _, n := range []Length{l.Stature, l.Head, l.Arm} {
		if n < Millimetre || n > 5*Centimetre {
			return fmt.Errorf("length %d mm: %w", n/Millimetre, ErrLimits)
		}
	}
	return nil
}

// Verdict is what readings of one thing come to.
type Verdict uint8

// What to do next.
const (
	Another Verdict = iota // take one more
	Agreed                 // the mean counts
	Anew                   // three, and no two agree: begin again
)

// Settle is the mean of two readings that differ by no more than limit. If they differ by more a third decides: the mean
// is of the two nearest, or of all three when the middle one is as near to either. Rounded half up to a whole unit.
func Settle[U Mass | Length](readings []U, limit U) (mean U, v Verdict) {
	switch {
	case len(readings) < 2:
		return 0, Another
	case len(readings) == 2:
		return pair(readings[0], readings[1], limit, Another)
	}
	a, b, c := sorted(readings[0], readings[1], readings[2])
	switch low, high := int64(b)-int64(a), int64(c)-int64(b); {
	case low == high && low <= int64(limit):
		return b, Agreed
	case low < high:
		return pair(a, b, limit, Anew)
	}
	return pair(b, c, limit, Anew)
}

func pair[U Mass | Length](a, b, limit U, otherwise Verdict) (U, Verdict) {
	sum, apart := int64(a)+int64(b), int64(a)-int64(b)
	if apart > int64(limit) || -apart > int64(limit) {
		return 0, otherwise
	}
	return U(math.Floor(float64(sum)/2 + 0.5)), Agreed
}

func sorted[U Mass | Length](a, b, c U) (low, middle, high U) {
	low, high = min(a, b, c), max(a, b, c)
	return low, U(int64(a) + int64(b) + int64(c) - int64(low) - int64(high)), high
}
