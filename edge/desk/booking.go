package desk

import (
	"context"
	"fmt"
	"slices"

	"markaz.example/edge/book/booking"
	"markaz.example/edge/book/lease"
	"markaz.example/edge/book/paper"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// FormBooking is the paper of an appointment: "booking/BOOKING/0", whose number is how often it was moved.
const FormBooking = "booking"

func bookingSubject(b id.Booking, moves uint8) string {
	return fmt.Sprintf("%s/%s/%d", FormBooking, b, moves)
}

// ChannelSeries is the channel of a booking that the one before it made.
const ChannelSeries = "series"

// Appointment is a booking as people see it.
type Appointment struct {
	booking.Booking
	Name    Service
	Reprint bool // of a paper
}

// Reservation is what somebody wants to book.
type Reservation struct {
	Plan      string // code
	Day       string // local date
	Minute    uint16 // after midnight
	Persons   int    // 0 means one
	Lang      string
	Channel   string // a code: "door", "desk", "phone"
	Household id.Household
	Weeks     int // of a series, from one visit to the next; 0 for none
	Times     int // of a series, visits after this one
}

func (r Reservation) slot() booking.Slot {
	return booking.Slot{Plan: r.Plan, Day: r.Day, Minute: r.Minute}
}

// Book books a place, and prints the paper with the pass.
// Refusals: NoSuchSlot, SlotFull, SlotPast, BadBooking, NoSuchLanguage.
func (f *Floor) Book(ctx context.Context, actor string, r Reservation) (a Appointment, err error) {
	b, e, err := f.reserve(r)
	if err != nil {
		return a, f.Refused(err)
	}
	err = f.Decide(ctx, actor, func(tx *ledger.Tx) error { return f.book(tx, b, e) })
	if err != nil {
		return a, err
	}
	return f.Appointment(ctx, b)
}

// reserve checks what somebody wants, and draws names for it. Refusals: BadBooking, NoSuchLanguage, NoSuchSlot.
func (f *Floor) reserve(r Reservation) (b id.Booking, e booking.Booked, err error) {
	plan, ok := f.Catalogue.plan(r.slot())
	switch {
	case !ok:
		return b, e, refusal(NoSuchSlot, nil)
	case !slices.Contains(f.languages(), r.Lang):
		return b, e, refusal(NoSuchLanguage, nil)
	case r.Persons < 0 || r.Persons > personsMax || r.Weeks < 0 || r.Weeks > booking.WeeksMax || r.Times < 0 || r.Times > booking.TimesMax:
		return b, e, refusal(BadBooking, nil)
	}
	e = booking.Booked{
		Plan: r.Plan, Service: plan.Service, Day: r.Day, Minute: r.Minute, Persons: uint8(max(r.Persons, 1)), Lang: r.Lang,
		Channel: r.Channel, Household: r.Household, Weeks: uint8(r.Weeks), Left: uint8(r.Times),
	}
	b, e.Pass, err = f.drawBooking()
	if err != nil {
		return b, e, err
	}
	return b, e, badBooking(placed(e, 1, false).Check())
}

func badBooking(err error) error {
	if err == nil {
		return nil
	}
	return refusal(BadBooking, err)
}

func (f *Floor) drawBooking() (id.Booking, id.Pass, error) {
	b, err := id.NewBooking(f.Rand)
	if err != nil {
		return "", "", err
	}
	p, err := id.NewPass(f.Rand)
	return b, p, err
}

func placed(e booking.Booked, place uint16, lent bool) booking.Booked {
	e.Place, e.Lent = place, lent
	return e
}

// book gives a booking a place, and queues its paper. Refusals: SlotFull, SlotPast.
func (f *Floor) book(tx *ledger.Tx, b id.Booking, e booking.Booked) error {
	plan, place, lent, err := f.placeIn(tx, e.Slot(), b)
	if err != nil {
		return err
	}
	if err := booking.Make(tx, b, plan, placed(e, place, lent)); err != nil {
		return err
	}
	return f.QueuePaper(tx, bookingSubject(b, 0), FormBooking)
}

// placeIn finds a place of a slot: of what was given up, of the box's own share, of what headquarters lent. That which is
// lent is drawn in this decision. Refusals: NoSuchSlot, SlotPast, SlotFull.
func (f *Floor) placeIn(tx *ledger.Tx, s booking.Slot, b id.Booking) (p booking.Plan, place uint16, lent bool, err error) {
	p, ok := f.Catalogue.plan(s)
	switch {
	case !ok:
		return p, 0, false, refusal(NoSuchSlot, nil)
	case f.gone(s, tx.Now()):
		return p, 0, false, refusal(SlotPast, nil)
	}
	if place, lent, ok = booking.At(tx, p, s).Place(); ok {
		return p, place, lent, nil
	}
	number, ok := lease.Next(tx, s.Pool(), tx.Now())
	if !ok || !booking.Lendable(tx, p, s, number) {
		return p, 0, false, refusal(SlotFull, nil)
	}
	_, err = lease.Draw(tx, s.Pool(), string(b))
	return p, uint16(number), true, err
}

// MoveBooking gives a booking another time of the same service, and prints it anew.
// Refusals: NoSuchBooking, BookingOver, NoSuchSlot, SlotFull, SlotPast.
func (f *Floor) MoveBooking(ctx context.Context, actor string, b id.Booking, to booking.Slot) error {
	return f.Decide(ctx, actor, func(tx *ledger.Tx) error {
		own, ok := booking.Get(tx, b)
		switch plan, known := f.Catalogue.plan(to); {
		case !ok:
			return booking.ErrUnknown
		case own.State != booking.StateBooked:
			return booking.ErrState
		case own.Slot() == to:
			return nil
		case !known || plan.Service != own.Service:
			return refusal(NoSuchSlot, nil)
		}
		plan, place, lent, err := f.placeIn(tx, to, b)
		if err != nil {
			return err
		}
		moved := booking.Moved{Plan: to.Plan, Day: to.Day, Minute: to.Minute, Place: place, Lent: lent}
		if err := booking.Move(tx, b, plan, moved); err != nil {
			return err
		}
		if err := f.withdrawBooking(tx, own); err != nil {
			return err
		}
		return f.QueuePaper(tx, bookingSubject(b, own.Moves+1), FormBooking)
	})
}

// withdrawBooking takes back a paper that is not out yet.
func (f *Floor) withdrawBooking(tx *ledger.Tx, own booking.Booking) error {
	return paper.Withdraw(tx, bookingSubject(own.ID, own.Moves), paper.ReasonLeft)
}

// CancelBooking gives a place back. Refusals: NoSuchBooking, BookingOver, BadReason.
func (f *Floor) CancelBooking(ctx context.Context, actor string, b id.Booking, reason string) error {
	if (booking.Cancelled{Reason: reason}).Check() != nil {
		return refusal(BadReason, nil)
	}
	return f.Decide(ctx, actor, func(tx *ledger.Tx) error {
		own, _ := booking.Get(tx, b)
		if err := booking.Cancel(tx, b, reason); err != nil {
			return err
		}
		return f.withdrawBooking(tx, own)
	})
}

// PrintBooking prints the paper of a booking once more. Refusals: NoSuchBooking.
func (f *Floor) PrintBooking(ctx context.Context, actor string, b id.Booking) error {
	return f.Decide(ctx, actor, func(tx *ledger.Tx) error {
		own, ok := booking.Get(tx, b)
		if !ok {
			return booking.ErrUnknown
		}
		return f.QueuePaper(tx, bookingSubject(b, own.Moves), FormBooking)
	})
}
