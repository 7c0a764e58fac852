package staff

import (
	"fmt"
	"regexp"
	"strings"

	"markaz.example/edge/id"
)

// Place is where somebody signs in, and how a record's actor begins.
// Shape: "desk/" and a desk, "floor", or "door".
type Place string

// TheFloor is the manager's pages. Several people may be there at once, each from several consoles.
const TheFloor Place = "floor"

// TheDoor is where helpers give numbers with what they see. Several of them may be there at once.
const TheDoor Place = "door"

// AtDesk is the place of a desk.
func AtDesk(d id.Desk) Place { return Place("desk/" + d) }

// Shared says that a place has as many seats as consoles that signed in there.
func (p Place) Shared() bool { return p == TheFloor || p == TheDoor }

// Desk is the desk of a place; false for the floor and the door.
func (p Place) Desk() (id.Desk, bool) {
	d, ok := strings.CutPrefix(string(p), "desk/")
	return id.Desk(d), ok
}

// Check reports what is no place.
func (p Place) Check() error {
	if d, ok := p.Desk(); ok {
		return d.Check()
	}
	if !p.Shared() {
		return fmt.Errorf("place %q: want desk/A, %s or %s", p, TheFloor, TheDoor)
	}
	return nil
}

// Console is one browser that somebody signed in with: the hash of the random word that it holds. It opens nothing.
// Shape: 32 hexadecimal digits, the first 16 bytes of SHA-256.
type Console string

var consoleShape = regexp.MustCompile(`^[0-9a-f]{32}$`)

// Check reports what is no hash.
func (c Console) Check() error {
	if !consoleShape.MatchString(string(c)) {
		return fmt.Errorf("console %q: want 32 hexadecimal digits", c)
	}
	return nil
}

var wordShape = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// CheckWord reports what is no code: a reason, a skill.
func CheckWord(what, w string) error {
	if len(w) > wordBytesMax || !wordShape.MatchString(w) {
		return fmt.Errorf("%s %q: want a code of up to %d of a-z, 0-9 and hyphen", what, w, wordBytesMax)
	}
	return nil
}
