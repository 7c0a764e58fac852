package desk

import (
	"context"
	"errors"
	"strings"
	"time"

	"markaz.example/edge/book/booking"
	"markaz.example/edge/book/household"
	"markaz.example/edge/book/paper"
	"markaz.example/edge/book/visit"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Appointment is one booking. Refusals: NoSuchBooking.
func (f *Floor) Appointment(ctx context.Context, b id.Booking) (a Appointment, err error) {
	return f.appointment(ctx, func(s ledger.Snapshot) (booking.Booking, bool) { return booking.Get(s, b) })
}

// ByPass is the booking that a pass is for. Refusals: NoSuchBooking.
func (f *Floor) ByPass(ctx context.Context, p id.Pass) (a Appointment, err error) {
	return f.appointment(ctx, func(s ledger.Snapshot) (booking.Booking, bool) { return booking.ByPass(s, p) })
}

func (f *Floor) appointment(ctx context.Context, find func(ledger.Snapshot) (booking.Booking, bool)) (a Appointment, err error) {
	err = f.Look(ctx, func(s ledger.Snapshot) error {
		b, ok := find(s)
		if !ok {
			return booking.ErrUnknown
		}
		a = f.appointed(b)
		return nil
	})
	return a, err
}

func (f *Floor) appointed(b booking.Booking) Appointment {
	service, _ := f.Catalogue.Service(b.Service)
	return Appointment{Booking: b, Name: service}
}

// Bookings is the bookings of a day, in the order of their times, ended ones too.
func (f *Floor) Bookings(ctx context.Context, day string) (out []Appointment, err error) {
	err = f.Look(ctx, func(s ledger.Snapshot) error {
		for _, b := range booking.On(s, day) {
			out = append(out, f.appointed(b))
		}
		return nil
	})
	return out, err
}

// BookingPaper is what a job of FormBooking prints. Refusals: NoSuchBooking.
func (f *Floor) BookingPaper(ctx context.Context, job paper.Job) (Appointment, error) {
	name, _, _ := strings.Cut(strings.TrimPrefix(job.Subject, FormBooking+"/"), "/")
	a, err := f.Appointment(ctx, id.Booking(name))
	a.Reprint = job.Reprint
	return a, err
}

// ServedHere is what a desk can book the next visit for: whoever is served there. Refusals: NoSuchDesk, NobodyServed.
func (f *Floor) ServedHere(ctx context.Context, d id.Desk) (r Reservation, of Service, t id.Token, err error) {
	err = f.LookServed(ctx, d, func(s ledger.Snapshot, v *visit.Visit) error {
		home, _ := household.At(s, v.ID)
		of, _ = f.Catalogue.Service(v.Stop().Service)
		r, t = Reservation{Persons: int(v.Persons), Lang: v.Lang, Channel: "desk", Household: home.ID}, v.Token
		return nil
	})
	return r, of, t, err
}

// ReleaseBookings gives up the bookings of those who did not come until the late window was over, some at a time. It does
// so only by headquarters' time.
func (f *Floor) ReleaseBookings(ctx context.Context) error {
	due := false
	err := f.Look(ctx, func(s ledger.Snapshot) error {
		due = len(f.due(s, f.Ledger.Clock().Now())) > 0
		return nil
	})
	if err != nil || !due {
		return err
	}
	return f.Decide(ctx, "box", func(tx *ledger.Tx) error {
		var errs []error
		for _, b := range f.due(tx, tx.Now()) {
			errs = append(errs, booking.Release(tx, b.ID, uint16(f.rules().LateMs/time.Minute.Milliseconds())))
		}
		return errors.Join(errs...)
	})
}

func (f *Floor) due(src ledger.Source, now clock.Stamp) []booking.Booking {
	if now.Grade < clock.Network {
		return nil
	}
	return booking.Due(src, now.Wall-f.rules().LateMs, booking.DueMax)
}
