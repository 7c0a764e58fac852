package booking

import (
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Booked records that a place of a slot is somebody's. The record's subject is the booking.
type Booked struct {
	Pass      id.Pass      `cbor:"1,keyasint"`  // to check in with
	Plan      string       `cbor:"2,keyasint"`  // code
	Service   id.Service   `cbor:"3,keyasint"`  //
	Day       string       `cbor:"4,keyasint"`  // local date, "2026-12-01"
	Minute    uint16       `cbor:"5,keyasint"`  // after midnight
	Place     uint16       `cbor:"6,keyasint"`  // of the slot's, from 1
	Lent      bool         `cbor:"7,keyasint"`  // headquarters lent its number; otherwise it is of the box's own share
	Persons   uint8        `cbor:"8,keyasint"`  // who come together
	Lang      string       `cbor:"9,keyasint"`  // of the paper
	Channel   string       `cbor:"10,keyasint"` // how they asked, a code: "door", "desk", "phone", "series"
	Household id.Household `cbor:"11,keyasint"` // empty when it is not known
	Weeks     uint8        `cbor:"12,keyasint"` // of a series, from one visit to the next; 0 for none
	Left      uint8        `cbor:"13,keyasint"` // of a series, the visits after this one
	After     id.Booking   `cbor:"14,keyasint"` // of a series, the booking before; empty for the first
}

// Kind is booking.booked/1.
func (Booked) Kind() chain.Kind { return "booking.booked/1" }

// Slot is what was booked.
func (e Booked) Slot() Slot { return Slot{e.Plan, e.Day, e.Minute} }

// Check reports what is wrong with each field.
func (e Booked) Check() error {
	errs := []error{
		e.Pass.Check(), e.Service.Check(), e.Slot().check(), checkPlace(e.Place), checkWord("language", e.Lang),
		checkWord("channel", e.Channel), e.checkSeries(),
	}
	if e.Persons < 1 || e.Persons > personsMax {
		errs = append(errs, fmt.Errorf("%d persons: want 1 to %d", e.Persons, personsMax))
	}
	if e.Household != "" {
		errs = append(errs, e.Household.Check())
	}
	return errors.Join(errs...)
}

func (e Booked) checkSeries() error {
	if e.Weeks > WeeksMax || e.Left > TimesMax || e.Left > 0 && e.Weeks == 0 {
		return fmt.Errorf("a series of %d more every %d weeks: want %d and %d at most", e.Left, e.Weeks, TimesMax, WeeksMax)
	}
	if e.After != "" {
		return e.After.Check()
	}
	return nil
}

func checkPlace(n uint16) error {
	if n < 1 || n > PlacesMax {
		return fmt.Errorf("place %d: want 1 to %d", n, PlacesMax)
	}
	return nil
}

func (e Booked) project(v ledger.View, h chain.Header) error {
	own := Booking{
		ID: id.Booking(h.Subject), Pass: e.Pass, Service: e.Service, Plan: e.Plan, Day: e.Day, Minute: e.Minute, Place: e.Place,
		Lent: e.Lent, Persons: e.Persons, Lang: e.Lang, Channel: e.Channel, Household: e.Household, Weeks: e.Weeks, Left: e.Left,
		After: e.After, State: StateBooked, Seq: h.Seq,
	}
	if err := errors.Join(take(v, own), v.Put(passKey(e.Pass), []byte(own.ID)), put(v, own)); err != nil {
		return err
	}
	before, ok := read(v.Reader, e.After)
	if !ok {
		return nil
	}
	before.Next = own.ID
	return put(v, before)
}

// Make records a booking of a place that At found, or of one that headquarters lent. It reports ErrTaken, ErrTwice for a
// name or pass that is in use, or what Check finds.
func Make(tx *ledger.Tx, b id.Booking, p Plan, e Booked) error {
	r := tx.Reader(Name)
	_, known := read(r, b)
	if known || r.Get(passKey(e.Pass)) != nil {
		return fmt.Errorf("booking %s: %w", b, ErrTwice)
	}
	if err := mayTake(r, p, e.Slot(), e.Place, e.Lent); err != nil {
		return err
	}
	return tx.Append(string(b), e)
}
