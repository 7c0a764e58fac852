package id

import "io"

// Errand names one thing between headquarters and a centre: a lease, a question, a request to look into the box.
// Shape: as Visit.
type Errand string

// Check reports ErrShape.
func (e Errand) Check() error { return check("errand", string(e), randomShape, "K5QXG43UOVZGKZDT") }

// NewErrand draws an errand's name from r.
func NewErrand(r io.Reader) (Errand, error) {
	s, err := draw(r)
	return Errand(s), err
}
