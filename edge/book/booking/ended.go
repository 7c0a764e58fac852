package booking

import (
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Cancelled records that nobody will come: the place can be booked by somebody else.
type Cancelled struct {
	Reason string `cbor:"1,keyasint"` // a code: "asked", "centre"
}

// Kind is booking.cancelled/1.
func (Cancelled) Kind() chain.Kind { return "booking.cancelled/1" }

// Check reports a reason that is no code.
func (e Cancelled) Check() error { return checkWord("reason", e.Reason) }

func (e Cancelled) project(v ledger.View, h chain.Header) error {
	return end(v, h, func(b *Booking) { b.State, b.Reason = StateCancelled, e.Reason })
}

// Cancel records that nobody will come. It reports ErrState or what Check finds.
func Cancel(tx *ledger.Tx, b id.Booking, reason string) error {
	if _, err := open(tx, b); err != nil {
		return err
	}
	return tx.Append(string(b), Cancelled{reason})
}

// CheckedIn records that they came, and were given a number.
type CheckedIn struct {
	Visit id.Visit `cbor:"1,keyasint"`
}

// Kind is booking.checked-in/1.
func (CheckedIn) Kind() chain.Kind { return "booking.checked-in/1" }

// Check reports a visit that cannot be.
func (e CheckedIn) Check() error { return e.Visit.Check() }

// project keeps the place taken: somebody is on it.
func (e CheckedIn) project(v ledger.View, h chain.Header) error {
	own, _ := read(v.Reader, id.Booking(h.Subject))
	if err := v.Delete(dueKey(own)); err != nil {
		return err
	}
	own.State, own.Visit = StateCheckedIn, e.Visit
	if err := v.Put(visitKey(e.Visit), []byte(own.ID)); err != nil {
		return err
	}
	return put(v, own)
}

// CheckIn records that they came. It reports ErrState or what Check finds.
func CheckIn(tx *ledger.Tx, b id.Booking, v id.Visit) error {
	if _, err := open(tx, b); err != nil {
		return err
	}
	return tx.Append(string(b), CheckedIn{v})
}

// Released records that nobody came until the late window was over.
type Released struct {
	Late uint16 `cbor:"1,keyasint"` // the window, in minutes
}

// Kind is booking.released/1.
func (Released) Kind() chain.Kind { return "booking.released/1" }

// Check reports a window longer than a day.
func (e Released) Check() error {
	if e.Late > minutesOfDay {
		return fmt.Errorf("a late window of %d minutes", e.Late)
	}
	return nil
}

func (e Released) project(v ledger.View, h chain.Header) error {
	return end(v, h, func(b *Booking) { b.State = StateReleased })
}

// Release records that nobody came. It reports ErrState.
func Release(tx *ledger.Tx, b id.Booking, late uint16) error {
	if _, err := open(tx, b); err != nil {
		return err
	}
	return tx.Append(string(b), Released{late})
}

// end closes a booking whose place is free again.
func end(v ledger.View, h chain.Header, change func(*Booking)) error {
	own, _ := read(v.Reader, id.Booking(h.Subject))
	if err := giveUp(v, own); err != nil {
		return err
	}
	change(&own)
	if err := v.Put(dayKey(own), []byte{}); err != nil {
		return err
	}
	return put(v, own)
}

// open is a booking for which somebody may still come.
func open(tx *ledger.Tx, b id.Booking) (Booking, error) {
	own, ok := Get(tx, b)
	switch {
	case !ok:
		return own, fmt.Errorf("booking %s: %w", b, ErrUnknown)
	case own.State != StateBooked:
		return own, fmt.Errorf("booking %s is %s: %w", b, own.State, ErrState)
	}
	return own, nil
}
