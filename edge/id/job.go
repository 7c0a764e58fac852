package id

import "io"

// Job names one print job.
// Shape: as Visit.
type Job string

// Check reports ErrShape.
func (j Job) Check() error { return check("print job", string(j), randomShape, "K5QXG43UOVZGKZDT") }

// NewJob draws a print job's name from r.
func NewJob(r io.Reader) (Job, error) {
	s, err := draw(r)
	return Job(s), err
}
