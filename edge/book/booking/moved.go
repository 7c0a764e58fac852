package booking

import (
	"errors"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Moved records that a booking is for another time, of the same service. Its pass stays.
type Moved struct {
	Plan   string `cbor:"1,keyasint"`
	Day    string `cbor:"2,keyasint"` // local date
	Minute uint16 `cbor:"3,keyasint"` // after midnight
	Place  uint16 `cbor:"4,keyasint"` // as of Booked
	Lent   bool   `cbor:"5,keyasint"` // as of Booked
}

// Kind is booking.moved/1.
func (Moved) Kind() chain.Kind { return "booking.moved/1" }

// Slot is what it was moved to.
func (e Moved) Slot() Slot { return Slot{e.Plan, e.Day, e.Minute} }

// Check reports a slot or place that cannot be.
func (e Moved) Check() error { return errors.Join(e.Slot().check(), checkPlace(e.Place)) }

func (e Moved) project(v ledger.View, h chain.Header) error {
	own, _ := read(v.Reader, id.Booking(h.Subject))
	if err := giveUp(v, own); err != nil {
		return err
	}
	own.Plan, own.Day, own.Minute, own.Place, own.Lent = e.Plan, e.Day, e.Minute, e.Place, e.Lent
	own.Moves++
	return errors.Join(take(v, own), put(v, own))
}

// Move records that a booking is for another time. It reports ErrState, ErrTaken, or what Check finds.
func Move(tx *ledger.Tx, b id.Booking, p Plan, e Moved) error {
	if _, err := open(tx, b); err != nil {
		return err
	}
	if err := mayTake(tx.Reader(Name), p, e.Slot(), e.Place, e.Lent); err != nil {
		return err
	}
	return tx.Append(string(b), e)
}
