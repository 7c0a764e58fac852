package booking

import (
	"encoding/binary"
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// State is where a booking stands.
type State string

// The states of a booking.
const (
	StateBooked    State = "booked"
	StateCheckedIn State = "checked-in"
	StateCancelled State = "cancelled"
	StateReleased  State = "released"
)

// Booking is somebody's place.
type Booking struct {
	ID        id.Booking   `cbor:"1,keyasint"`
	Pass      id.Pass      `cbor:"2,keyasint"`
	Service   id.Service   `cbor:"3,keyasint"`
	Plan      string       `cbor:"4,keyasint"`
	Day       string       `cbor:"5,keyasint"`
	Minute    uint16       `cbor:"6,keyasint"`
	Place     uint16       `cbor:"7,keyasint"`
	Lent      bool         `cbor:"8,keyasint"`
	Persons   uint8        `cbor:"9,keyasint"`
	Lang      string       `cbor:"10,keyasint"`
	Channel   string       `cbor:"11,keyasint"`
	Household id.Household `cbor:"12,keyasint"`
	Weeks     uint8        `cbor:"13,keyasint"`
	Left      uint8        `cbor:"14,keyasint"`
	After     id.Booking   `cbor:"15,keyasint"`
	Next      id.Booking   `cbor:"16,keyasint"` // of a series, the one that follows; empty while there is none
	State     State        `cbor:"17,keyasint"`
	Reason    string       `cbor:"18,keyasint"` // of a cancelled one
	Visit     id.Visit     `cbor:"19,keyasint"` // once checked in
	Moves     uint8        `cbor:"20,keyasint"` // how often it was moved; wraps
	Seq       uint64       `cbor:"21,keyasint"` // record that made it
}

// Slot is what is booked.
func (b Booking) Slot() Slot { return Slot{b.Plan, b.Day, b.Minute} }

// Clock is the time of it as people read it: "09:30".
func (b Booking) Clock() string { return b.Slot().Clock() }

// The view's keys.
//
//	b/BOOKING                 the booking
//	c/PASS                    -> name of the booking
//	p/PLAN/DAY/MINUTE/PLACE   -> name of the booking that has the place; "-" for a lent one that nobody has any more
//	d/DAY/MINUTE/BOOKING      -> nothing: the bookings of a day, in the order of their times
//	o/START, 8 bytes/BOOKING  -> nothing: those for whom somebody may still come
//	v/VISIT                   -> name of the booking that somebody came with
const (
	bookingPrefix = "b/"
	duePrefix     = "o/"
)

// nobodys stands at a place that headquarters lent and that was given up: the number is drawn, and this box's for good.
const nobodys = "-"

func bookingKey(b id.Booking) []byte { return []byte(bookingPrefix + b) }
func passKey(p id.Pass) []byte       { return []byte("c/" + p) }
func visitKey(v id.Visit) []byte     { return []byte("v/" + v) }

func slotPrefix(s Slot) []byte {
	return binary.BigEndian.AppendUint16([]byte("p/"+s.Plan+"/"+s.Day+"/"), s.Minute)
}

func placeKey(s Slot, place uint16) []byte {
	return binary.BigEndian.AppendUint16(slotPrefix(s), place)
}

func dayPrefix(day string) []byte { return []byte("d/" + day + "/") }

func dayKey(b Booking) []byte {
	return append(binary.BigEndian.AppendUint16(dayPrefix(b.Day), b.Minute), b.ID...)
}

func dueKey(b Booking) []byte {
	return append(binary.BigEndian.AppendUint64([]byte(duePrefix), uint64(b.Slot().Start())), b.ID...)
}

// take gives a booking its place. Decisions made sure that it is free.
func take(v ledger.View, b Booking) error {
	key := placeKey(b.Slot(), b.Place)
	if now := v.Get(key); now != nil && string(now) != nobodys {
		return fmt.Errorf("place %d of %s is %s's: %w", b.Place, b.Slot().Pool(), now, ErrTaken)
	}
	return errors.Join(v.Put(key, []byte(b.ID)), v.Put(dayKey(b), []byte{}), v.Put(dueKey(b), []byte{}))
}

// giveUp takes a booking off its place.
func giveUp(v ledger.View, b Booking) error {
	key := placeKey(b.Slot(), b.Place)
	err := errors.Join(v.Delete(dayKey(b)), v.Delete(dueKey(b)))
	if b.Lent {
		return errors.Join(err, v.Put(key, []byte(nobodys)))
	}
	return errors.Join(err, v.Delete(key))
}

func read(r ledger.Reader, b id.Booking) (Booking, bool) {
	value := r.Get(bookingKey(b))
	if value == nil {
		return Booking{ID: b}, false
	}
	return decode(value), true
}

// decode reads what put stored. The ledger vouches for the bytes, so others are a mistake.
func decode(value []byte) (b Booking) {
	if err := chain.DecodeBody(value, &b); err != nil {
		panic(fmt.Sprintf("BUG: view %s: %v", Name, err))
	}
	return b
}

func put(v ledger.View, b Booking) error {
	value, err := chain.EncodeBody(b)
	if err != nil {
		return fmt.Errorf("view %s: %w", Name, err)
	}
	return v.Put(bookingKey(b.ID), value)
}
