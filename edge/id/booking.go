package id

import (
	"crypto/rand"
	"fmt"
	"io"
	"math/big"
	"regexp"
)

// Booking names one appointment for ever, across centres. It says nothing of who comes.
// Shape: as Visit.
type Booking string

// Pass is what somebody with an appointment types or shows at the kiosk. It is digits alone, for a keypad and the
// telephone; together with the centre's code it is unique, which whoever books makes sure of.
// Shape: 8 digits, the first not 0.
type Pass string

const (
	passFirst = 10_000_000
	passCount = 90_000_000 // of 2,000 open appointments a guess meets one in 45,000 tries, and gains a stranger's turn
)

var passShape = regexp.MustCompile(`^[1-9][0-9]{7}$`)

// Check reports ErrShape.
func (b Booking) Check() error { return check("booking", string(b), randomShape, "K5QXG43UOVZGKZDT") }

// Check reports ErrShape.
func (p Pass) Check() error { return check("pass", string(p), passShape, "40718852") }

// Spaced is the pass as it is printed: "4071 8852".
func (p Pass) Spaced() string {
	if p.Check() != nil {
		return string(p)
	}
	return string(p[:4] + " " + p[4:])
}

// NewBooking draws a booking's name from r.
func NewBooking(r io.Reader) (Booking, error) {
	s, err := draw(r)
	return Booking(s), err
}

// NewPass draws a pass from r.
func NewPass(r io.Reader) (Pass, error) {
	n, err := rand.Int(r, big.NewInt(passCount))
	if err != nil {
		return "", fmt.Errorf("draw a pass: %w", err)
	}
	return Pass(fmt.Sprint(passFirst + n.Int64())), nil
}
