package person

import (
	"errors"
	"fmt"

	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/vault"
)

// What decisions report when the state does not allow them.
var (
	ErrKnown     = errors.New("the number is registered")
	ErrTwice     = errors.New("the name is in use")
	ErrUnknown   = errors.New("nobody of this name is registered")
	ErrForgotten = errors.New("the person was forgotten")
)

// Get is a person by name; one who was forgotten too.
func Get(src ledger.Source, p id.Person) (Person, bool) { return read(src.Reader(Name), p) }

// ByMark is who has a number; nobody has none.
func ByMark(src ledger.Source, m vault.Mark) (p Person, ok bool) {
	if len(m) == 0 {
		return p, false
	}
	r := src.Reader(Name)
	own := r.Get(markKey(m))
	if own == nil {
		return p, false
	}
	return read(r, id.Person(own))
}

// present is a person who was not forgotten. It reports ErrUnknown or ErrForgotten.
func present(src ledger.Source, p id.Person) (Person, error) {
	who, ok := Get(src, p)
	switch {
	case !ok:
		return who, fmt.Errorf("person %q: %w", p, ErrUnknown)
	case who.Forgotten:
		return who, fmt.Errorf("person %s: %w", p, ErrForgotten)
	}
	return who, nil
}
