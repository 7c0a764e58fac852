package queue

import "fmt"

// Class is why a visit may go before others: a fact that somebody recorded at the door, not a favour.
// Shape: one of the constants, as in the ledger.
type Class string

// The classes of a visit.
const (
	Emergency   Class = "emergency"
	Infant      Class = "infant"      // pregnant, or with an infant
	Disability  Class = "disability"  //
	Elder       Class = "elder"       // over 60
	Appointment Class = "appointment" // booked, whether in time or not
	Returning   Class = "returning"   // from another stop of this visit
	Normal      Class = "normal"
)

// Classes lists every class, those that need most first.
func Classes() []Class {
	return []Class{Emergency, Infant, Disability, Elder, Appointment, Returning, Normal}
}

// Check reports a class that is none.
func (c Class) Check() error {
	for _, known := range Classes() {
		if c == known {
			return nil
		}
	}
	return fmt.Errorf("class %q: want one of %v", c, Classes())
}
