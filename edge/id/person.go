package id

import "io"

// Person names one registered person for ever, across centres. It says nothing of who that is.
// Shape: as Visit.
type Person string

// Household names one household, that is a mother and her children or whoever is registered together.
// Shape: as Visit.
type Household string

// Check reports ErrShape.
func (p Person) Check() error { return check("person", string(p), randomShape, "K5QXG43UOVZGKZDT") }

// Check reports ErrShape.
func (h Household) Check() error {
	return check("household", string(h), randomShape, "K5QXG43UOVZGKZDT")
}

// NewPerson draws a person's name from r.
func NewPerson(r io.Reader) (Person, error) {
	s, err := draw(r)
	return Person(s), err
}

// NewHousehold draws a household's name from r.
func NewHousehold(r io.Reader) (Household, error) {
	s, err := draw(r)
	return Household(s), err
}
