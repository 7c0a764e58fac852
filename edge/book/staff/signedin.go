package staff

import (
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// SignedIn records that the subject signed in at a place where nobody was. Whoever signs in at another desk leaves the
// one they had.
type SignedIn struct {
	Place   Place   `cbor:"1,keyasint"`
	Console Console `cbor:"2,keyasint"`
}

// SignedOut records that the subject left a place.
type SignedOut struct {
	Place   Place   `cbor:"1,keyasint"`
	Console Console `cbor:"2,keyasint"`
	Reason  string  `cbor:"3,keyasint"` // a code: "left", "elsewhere", "long-ago", "manager"
}

// TookOver records that the subject has a desk, from this console, that somebody had from another. They may be one
// person, who went from a screen to a phone.
type TookOver struct {
	Place   Place    `cbor:"1,keyasint"`
	Console Console  `cbor:"2,keyasint"`
	From    id.Staff `cbor:"3,keyasint"` // who had it
}

// HandedOver records that the subject has a desk that a colleague, who was still there, gave them; from the same console.
type HandedOver struct {
	Place   Place    `cbor:"1,keyasint"`
	Console Console  `cbor:"2,keyasint"`
	From    id.Staff `cbor:"3,keyasint"` // who gave it
}

// Kind is staff.signed-in/1.
func (SignedIn) Kind() chain.Kind { return "staff.signed-in/1" }

// Kind is staff.signed-out/1.
func (SignedOut) Kind() chain.Kind { return "staff.signed-out/1" }

// Kind is staff.took-over/1.
func (TookOver) Kind() chain.Kind { return "staff.took-over/1" }

// Kind is staff.handed-over/1.
func (HandedOver) Kind() chain.Kind { return "staff.handed-over/1" }

// Check reports what is no place or no console.
func (e SignedIn) Check() error { return errors.Join(e.Place.Check(), e.Console.Check()) }

// Check reports what is no place, no console or no code.
func (e SignedOut) Check() error {
	return errors.Join(e.Place.Check(), e.Console.Check(), CheckWord("reason", e.Reason))
}

// Check reports what is no desk, no console or no code of staff.
func (e TookOver) Check() error {
	return errors.Join(checkDesk(e.Place), e.Console.Check(), e.From.Check())
}

// Check reports what is no desk, no console or no code of staff.
func (e HandedOver) Check() error { return TookOver(e).Check() }

func checkDesk(p Place) error {
	d, ok := p.Desk()
	if !ok {
		return fmt.Errorf("place %q: want a desk", p)
	}
	return d.Check()
}

func (e SignedIn) project(v ledger.View, h chain.Header) error {
	return sit(v, h, Seat{Place: e.Place, Console: e.Console})
}

func (e SignedOut) project(v ledger.View, h chain.Header) error {
	return v.Delete(seatKey(e.Place, e.Console))
}

func (e TookOver) project(v ledger.View, h chain.Header) error {
	if err := sit(v, h, Seat{Place: e.Place, Console: e.Console, From: e.From}); err != nil {
		return err
	}
	return note(v, h, Noted{What: NotedTookOver, Place: e.Place, Detail: string(e.From)})
}

func (e HandedOver) project(v ledger.View, h chain.Header) error {
	return sit(v, h, Seat{Place: e.Place, Console: e.Console, From: e.From, Given: true})
}

// sit seats the subject of a record, who proved a PIN: what failed before no longer counts.
func sit(v ledger.View, h chain.Header, s Seat) error {
	s.Staff, s.Since, s.Seq = id.Staff(h.Subject), stampOf(h), h.Seq
	if err := proved(v, h, s.Place); err != nil {
		return err
	}
	if err := put(v, seatKey(s.Place, s.Console), s); err != nil || !s.Place.Shared() {
		return err
	}
	return forgetOldest(v, s.Place, s.Staff)
}

// proved forgets the failures of a person and of a place.
func proved(v ledger.View, h chain.Header, at Place) error {
	err := change(v, h, func(p *Person) { p.Failures = Failures{} })
	return errors.Join(err, v.Delete(failuresKey(at)))
}

// forgetOldest keeps so many consoles of one person at a shared place, the newest.
func forgetOldest(v ledger.View, at Place, who id.Staff) error {
	var own []Seat
	for _, s := range seats(v.Reader, seatPrefix+string(at)+"/") {
		if s.Staff == who {
			own = append(own, s)
		}
	}
	if len(own) <= floorConsoles {
		return nil
	}
	oldest := own[0]
	for _, s := range own[1:] {
		if s.Seq < oldest.Seq {
			oldest = s
		}
	}
	return v.Delete(seatKey(oldest.Place, oldest.Console))
}

// leaveAll takes a person from every place.
func leaveAll(v ledger.View, who id.Staff) error {
	for _, s := range seats(v.Reader, seatPrefix) {
		if s.Staff != who {
			continue
		}
		if err := v.Delete(seatKey(s.Place, s.Console)); err != nil {
			return err
		}
	}
	return nil
}
