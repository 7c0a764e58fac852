package id

import (
	"encoding/base32"
	"fmt"
	"io"
	"regexp"
)

// Visit names one visit for ever, across centres.
// Shape: 16 of A-Z and 2-7, which is base32 of 80 random bits.
type Visit string

// Code is what a slip's QR carries: whoever holds the paper may look at the place in line.
// It is apart from Visit so that a reprint can void it.
// Shape: as Visit.
type Code string

const randomBytes = 10 // 80 bits: a million visits a day for a century collide with chance 1e-3 in all

var randomShape = regexp.MustCompile(`^[A-Z2-7]{16}$`)

// Check reports ErrShape.
func (v Visit) Check() error { return check("visit", string(v), randomShape, "K5QXG43UOVZGKZDT") }

// Check reports ErrShape.
func (c Code) Check() error { return check("code", string(c), randomShape, "K5QXG43UOVZGKZDT") }

// NewVisit draws a visit's name from r, which is crypto/rand.Reader outside of tests.
func NewVisit(r io.Reader) (Visit, error) {
	s, err := draw(r)
	return Visit(s), err
}

// NewCode draws a slip's code from r.
func NewCode(r io.Reader) (Code, error) {
	s, err := draw(r)
	return Code(s), err
}

func draw(r io.Reader) (string, error) {
	var b [randomBytes]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return "", fmt.Errorf("draw a random name: %w", err)
	}
	return base32.StdEncoding.EncodeToString(b[:]), nil
}
