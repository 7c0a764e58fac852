package id

import (
	"errors"
	"fmt"
	"regexp"
)

// ErrShape is reported by every Check of this package when a value does not have its documented shape.
var ErrShape = errors.New("wrong shape")

// Centre is the code of a One Window centre.
// Shape: 2 to 12 of A-Z, 0-9 and hyphen, a letter first: "ISB-01".
type Centre string

var centreShape = regexp.MustCompile(`^[A-Z][A-Z0-9-]{1,11}$`)

// Check reports ErrShape.
func (c Centre) Check() error { return check("centre code", string(c), centreShape, "ISB-01") }

func check(what, got string, shape *regexp.Regexp, example string) error {
	if shape.MatchString(got) {
		return nil
	}
	return fmt.Errorf("%s %q: %w, want for example %q", what, got, ErrShape, example)
}
