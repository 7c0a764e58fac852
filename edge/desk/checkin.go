package desk

import (
	"context"
	"slices"

	"markaz.example/edge/book/booking"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// CheckIn gives a number to whoever shows a pass, with the time that was booked; shown twice it is one number. A line that
// takes nobody new takes those who booked. Of a series the next visit is booked in the same decision, and its paper
// printed. Refusals: NoSuchBooking, BookingOver, BookingLater, DayOver, NumbersUsedUp.
func (f *Floor) CheckIn(ctx context.Context, actor string, p id.Pass) (v id.Visit, err error) {
	own, err := f.ByPass(ctx, p)
	if err != nil || own.State == booking.StateCheckedIn {
		return own.Visit, err
	}
	asked, job, err := f.askedFor(own.Booking, actor)
	if err != nil {
		return "", f.Refused(err)
	}
	next, pass, err := f.drawBooking()
	if err != nil {
		return "", f.Refused(err)
	}
	v = asked.Visit
	err = f.Decide(ctx, actor, func(tx *ledger.Tx) error {
		now, _ := booking.Get(tx, own.ID)
		if now.State == booking.StateCheckedIn { // the same paper was shown twice at once
			v = now.Visit
			return nil
		}
		if err := f.checkIn(tx, now, asked, job); err != nil {
			return err
		}
		return f.bookNext(tx, now, next, pass)
	})
	return v, err
}

// askedFor is the visit that a booking is for.
func (f *Floor) askedFor(b booking.Booking, actor string) (visit.Asked, id.Job, error) {
	plan, _ := f.Catalogue.plan(b.Slot())
	asked, _, err := f.asked(Asking{
		Actor: actor, Services: []id.Service{b.Service}, Lang: b.Lang, Persons: int(b.Persons),
		Appointment: b.Slot().Start(), Needs: visit.Needs{Sex: plan.Sex},
	})
	if err != nil {
		return asked, "", err
	}
	job, err := id.NewJob(f.Rand)
	return asked, job, err
}

func (f *Floor) checkIn(tx *ledger.Tx, b booking.Booking, asked visit.Asked, job id.Job) error {
	today, err := f.openDay(tx)
	if err != nil {
		return err
	}
	if b.State == booking.StateBooked && b.Day != today.Date && tx.Now().Grade > clock.Unset { // else the open day may be an old one
		return refusal(BookingLater, nil)
	}
	if err := booking.CheckIn(tx, b.ID, asked.Visit); err != nil {
		return err
	}
	return f.receive(tx, today, asked, false, job)
}

// bookNext books the next visit of a series, as near to the same time as there is a place within a week. Where there is
// none nothing is booked: the list of the day shows that somebody has to.
func (f *Floor) bookNext(tx *ledger.Tx, b booking.Booking, next id.Booking, pass id.Pass) error {
	if b.Left == 0 || b.Next != "" {
		return nil
	}
	to, ok := f.nearest(tx, b, int(b.Weeks))
	if !ok {
		return nil
	}
	return f.book(tx, next, booking.Booked{
		Pass: pass, Plan: to.Plan, Service: b.Service, Day: to.Day, Minute: to.Minute, Persons: b.Persons, Lang: b.Lang,
		Channel: ChannelSeries, Household: b.Household, Weeks: b.Weeks, Left: b.Left - 1, After: b.ID,
	})
}

// nearest is the time with a place that is nearest to a booking's, so many weeks on: the day itself, then the days after.
func (f *Floor) nearest(tx *ledger.Tx, b booking.Booking, weeks int) (booking.Slot, bool) {
	for days := range 7 {
		open := slices.DeleteFunc(f.slots(tx, b.Service, booking.Later(b.Day, 7*weeks+days), tx.Now()), func(s OpenSlot) bool {
			return s.Free == 0 || s.Past
		})
		if len(open) > 0 {
			return slices.MinFunc(open, func(x, y OpenSlot) int { return apart(x, b) - apart(y, b) }).Slot, true
		}
	}
	return booking.Slot{}, false
}

func apart(s OpenSlot, b booking.Booking) int {
	n := 2 * max(int(s.Minute)-int(b.Minute), int(b.Minute)-int(s.Minute))
	if s.Plan != b.Plan {
		n++ // the same desks, where the time is the same
	}
	return n
}
