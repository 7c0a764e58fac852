package staff

import (
	"errors"
	"fmt"
	"slices"

	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// What decisions report.
var (
	ErrNobody = errors.New("there is no such person on the staff, or not any more")
	ErrFull   = errors.New("every code of staff is given")
)

// Known says that the centre has a staff: from then on desks and the floor want somebody who signed in.
func Known(src ledger.Source) (known bool) {
	src.Reader(Name).Scan([]byte(personPrefix), func(_, _ []byte) bool {
		known = true
		return false
	})
	return known
}

// Get is a person, who may have left since. It reports ErrNobody.
func Get(src ledger.Source, s id.Staff) (Person, error) {
	p, ok := get[Person](src.Reader(Name), personKey(s))
	if !ok {
		return p, fmt.Errorf("%s: %w", s, ErrNobody)
	}
	return p, nil
}

// Present is a person who has not left. It reports ErrNobody.
func Present(src ledger.Source, s id.Staff) (Person, error) {
	p, err := Get(src, s)
	if err == nil && p.Ended {
		return Person{}, fmt.Errorf("%s: %w", s, ErrNobody)
	}
	return p, err
}

// All is everybody, by their codes, those who left too.
func All(src ledger.Source) []Person { return scan[Person](src.Reader(Name), personPrefix) }

// NextCode is the code that is given next. It reports ErrFull.
func NextCode(src ledger.Source) (id.Staff, error) {
	last := 0
	src.Reader(Name).Scan([]byte(personPrefix), func(key, _ []byte) bool {
		_, _ = fmt.Sscanf(string(key), personPrefix+"S%03d", &last) // the ledger vouches for its shape
		return true
	})
	if last == id.StaffNumberMax {
		return "", ErrFull
	}
	return id.Staff(fmt.Sprintf("S%03d", last+1)), nil
}

// At is who sits at a desk.
func At(src ledger.Source, d id.Desk) (Seat, bool) {
	return get[Seat](src.Reader(Name), seatKey(AtDesk(d), ""))
}

// SeatOf is what a console has at a place; false when it has none, or none any more.
func SeatOf(src ledger.Source, at Place, c Console) (Seat, bool) {
	s, ok := get[Seat](src.Reader(Name), seatKey(at, c))
	return s, ok && s.Console == c
}

// Seats are all places where somebody is, desks first.
func Seats(src ledger.Source) []Seat { return seats(src.Reader(Name), seatPrefix) }

// FailuresAt are the failures at a place since somebody last signed in there.
func FailuresAt(src ledger.Source, at Place) Failures {
	f, _ := get[Failures](src.Reader(Name), failuresKey(at))
	return f
}

// Notes are the newest acts that need a look, newest first; of one person when s is not empty.
func Notes(src ledger.Source, s id.Staff) []Noted {
	all := scan[Noted](src.Reader(Name), notePrefix)
	slices.Reverse(all)
	if s == "" {
		return all
	}
	return slices.DeleteFunc(all, func(n Noted) bool { return !n.concerns(s) })
}

// concerns says that a person did it, was there, or is whom it is about.
func (n Noted) concerns(s id.Staff) bool {
	return n.Subject == s || n.Asked == s || n.Detail == string(s) || n.By() == s
}

// By is who did it; empty when it was done at the machine, or by nobody who had signed in.
func (n Noted) By() id.Staff {
	if len(n.Actor) < len("S000") {
		return ""
	}
	by := id.Staff(n.Actor[len(n.Actor)-len("S000"):])
	if by.Check() != nil {
		return ""
	}
	return by
}
