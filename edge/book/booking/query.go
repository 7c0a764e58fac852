package booking

import (
	"encoding/binary"
	"errors"
	"fmt"

	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// What decisions report when the state does not allow them.
var (
	ErrUnknown = errors.New("there is no such booking")
	ErrState   = errors.New("the booking is over")
	ErrTwice   = errors.New("the name or pass is in use")
	ErrTaken   = errors.New("the place is not to be had")
)

// Get is a booking by its name.
func Get(src ledger.Source, b id.Booking) (Booking, bool) { return read(src.Reader(Name), b) }

// ByPass is the booking that a pass is for, whatever became of it.
func ByPass(src ledger.Source, p id.Pass) (Booking, bool) { return follow(src, passKey(p)) }

// Of is the booking that a visit came with.
func Of(src ledger.Source, v id.Visit) (Booking, bool) { return follow(src, visitKey(v)) }

func follow(src ledger.Source, key []byte) (Booking, bool) {
	r := src.Reader(Name)
	name := r.Get(key)
	if name == nil {
		return Booking{}, false
	}
	return read(r, id.Booking(name))
}

// On is the bookings of a day in the order of their times, ended ones too.
func On(src ledger.Source, day string) (out []Booking) {
	r := src.Reader(Name)
	under := dayPrefix(day)
	r.Scan(under, func(key, _ []byte) bool {
		if b, ok := read(r, id.Booking(key[len(under)+2:])); ok {
			out = append(out, b)
		}
		return true
	})
	return out
}

// Due is the bookings whose slot began before a moment and for whom nobody came, limit at most, oldest first.
func Due(src ledger.Source, before int64, limit int) (out []Booking) {
	r := src.Reader(Name)
	r.Scan([]byte(duePrefix), func(key, _ []byte) bool {
		rest := key[len(duePrefix):]
		if int64(binary.BigEndian.Uint64(rest)) >= before || len(out) == limit {
			return false
		}
		if b, ok := read(r, id.Booking(rest[8:])); ok {
			out = append(out, b)
		}
		return true
	})
	return out
}

// Standing is what is booked of a slot, and what this box could still book of it.
type Standing struct {
	Taken int
	own   []uint16 // of the box's share
	lent  []uint16 // drawn of what headquarters lent, and given up again
}

// Free is how many places this box can book without another number of headquarters.
func (s Standing) Free() int { return len(s.own) + len(s.lent) }

// Place is the place to book next; false when none is left.
func (s Standing) Place() (place uint16, lent, ok bool) {
	switch {
	case len(s.lent) > 0:
		return s.lent[0], true, true
	case len(s.own) > 0:
		return s.own[0], false, true
	}
	return 0, false, false
}

// At is how a slot stands.
func At(src ledger.Source, p Plan, slot Slot) Standing { return standing(src.Reader(Name), p, slot) }

func standing(r ledger.Reader, p Plan, slot Slot) (s Standing) {
	taken := map[uint16]bool{}
	under := slotPrefix(slot)
	r.Scan(under, func(key, value []byte) bool {
		place := binary.BigEndian.Uint16(key[len(under):])
		if string(value) == nobodys {
			s.lent = append(s.lent, place)
			return true
		}
		taken[place] = true
		s.Taken++
		return true
	})
	first, last := p.own()
	for n := first; n <= last; n++ {
		if !taken[uint16(n)] {
			s.own = append(s.own, uint16(n))
		}
	}
	if s.Taken >= p.Bookable() { // the plan had more places once
		s.own, s.lent = nil, nil
	}
	return s
}

// Lendable says whether a number that headquarters lent is a place of the slot that this box may book: it is one of those
// that are headquarters' to lend, and nobody has it.
func Lendable(src ledger.Source, p Plan, slot Slot, number uint64) bool {
	return number <= PlacesMax && mayTake(src.Reader(Name), p, slot, uint16(number), true) == nil
}

// mayTake reports ErrTaken for a place that is not this box's to give, or somebody's.
func mayTake(r ledger.Reader, p Plan, slot Slot, place uint16, lent bool) error {
	first, last := p.own()
	if lent {
		first, last = 1, p.Lent
	}
	holder := r.Get(placeKey(slot, place))
	free := holder == nil || string(holder) == nobodys
	if n := int(place); p.Code != slot.Plan || n < first || n > last || !free || standing(r, p, slot).Taken >= p.Bookable() {
		return fmt.Errorf("place %d of %s: %w", place, slot.Pool(), ErrTaken)
	}
	return nil
}
