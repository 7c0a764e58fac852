package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"markaz.example/edge/book/booking"
	"markaz.example/edge/book/lease"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// OpenSlot is a time that can be booked, and how much of it is left here.
type OpenSlot struct {
	booking.Slot
	Sex   string // of the staff; empty for any
	Taken int    // booked here
	Free  int    // that this box can still give, with what headquarters lent
	Past  bool
}

// Slots is the times of a service on a day, in order. Refusals: NoSuchService.
func (f *Floor) Slots(ctx context.Context, service id.Service, day string) (out []OpenSlot, err error) {
	if _, ok := f.Catalogue.Service(service); !ok {
		return nil, refusal(NoSuchService, nil)
	}
	err = f.Look(ctx, func(s ledger.Snapshot) error {
		out = f.slots(s, service, day, f.Ledger.Clock().Now())
		return nil
	})
	return out, err
}

func (f *Floor) slots(src ledger.Source, service id.Service, day string, now clock.Stamp) (out []OpenSlot) {
	for _, p := range f.Catalogue.Slots {
		if p.Service != service {
			continue
		}
		for _, s := range p.On(day) {
			at := booking.At(src, p, s)
			free := at.Free() + lentLeft(src, p, s, at.Taken, now)
			out = append(out, OpenSlot{s, p.Sex, at.Taken, min(free, max(p.Bookable()-at.Taken, 0)), f.past(s, now)})
		}
	}
	slices.SortStableFunc(out, func(a, b OpenSlot) int { return int(a.Minute) - int(b.Minute) })
	return out
}

// lentLeft is how many numbers of a slot headquarters lent and nobody drew, as far as they are places of the plan.
func lentLeft(src ledger.Source, p booking.Plan, s booking.Slot, taken int, now clock.Stamp) (n int) {
	if taken >= p.Bookable() {
		return 0
	}
	for _, l := range lease.Of(src, s.Pool()) {
		if !l.Over(now) && l.Next() <= uint64(p.Lent) {
			n += int(min(l.Left(), uint64(p.Lent)-l.Next()+1))
		}
	}
	return n
}

// past says that a slot's late window is over, as far as the box knows the time: it is not offered any more.
func (f *Floor) past(s booking.Slot, now clock.Stamp) bool {
	return now.Grade > clock.Unset && s.Start()+f.rules().LateMs < now.Wall
}

// gone says that a slot cannot be booked: its late window is over, or it is too far ahead. A clock that nobody vouches for
// refuses nobody.
func (f *Floor) gone(s booking.Slot, now clock.Stamp) bool {
	return now.Grade >= clock.Network && (f.past(s, now) || s.Day > booking.Later(booking.DayOf(now.Wall), booking.DaysAhead))
}

// plan is the plan of a slot, if it has that slot.
func (c Catalogue) plan(s booking.Slot) (booking.Plan, bool) {
	i := slices.IndexFunc(c.Slots, func(p booking.Plan) bool { return p.Code == s.Plan })
	if i < 0 || !slices.Contains(c.Slots[i].On(s.Day), s) {
		return booking.Plan{}, false
	}
	return c.Slots[i], true
}

// Books says whether something that a desk serves can be booked.
func (c Catalogue) Books(d id.Desk) bool {
	at, _ := c.Desk(d)
	return slices.ContainsFunc(c.Slots, func(p booking.Plan) bool { return slices.Contains(at.Serves, p.Service) })
}

func (c Catalogue) checkSlots() error {
	var errs []error
	for i, p := range c.Slots {
		errs = append(errs, p.Check())
		if slices.ContainsFunc(c.Slots[:i], func(o booking.Plan) bool { return o.Code == p.Code }) {
			errs = append(errs, fmt.Errorf("slots %s are in the catalogue twice", p.Code))
		}
		if _, ok := c.Service(p.Service); !ok {
			errs = append(errs, fmt.Errorf("slots %s: service %q is not in the catalogue", p.Code, p.Service))
		}
	}
	return errors.Join(errs...)
}
