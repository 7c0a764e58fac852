package id

import (
	"encoding/base32"
	"fmt"
	"io"
	"regexp"
)

// Case is the reference of a case that a centre filed. A person reads it from paper and says it on the telephone, so it
// is short; together with the centre's code it is unique, which whoever files it makes sure of.
// Shape: 8 of A-Z and 2-7, which is base32 of 40 random bits.
type Case string

const caseBytes = 5

var caseShape = regexp.MustCompile(`^[A-Z2-7]{8}$`)

// Check reports ErrShape.
func (c Case) Check() error { return check("case", string(c), caseShape, "K5QXG43U") }

// Spaced is the reference as it is printed: "K5QX G43U".
func (c Case) Spaced() string {
	if len(c) < caseBytes {
		return string(c)
	}
	return string(c[:4] + " " + c[4:])
}

// NewCase draws a reference from r.
func NewCase(r io.Reader) (Case, error) {
	var b [caseBytes]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return "", fmt.Errorf("draw a case reference: %w", err)
	}
	return Case(base32.StdEncoding.EncodeToString(b[:])), nil
}
