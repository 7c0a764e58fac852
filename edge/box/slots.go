package box

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"markaz.example/edge/book/booking"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
)

// Slots are the times of one service, at the desks that they are for. See docs/booking.md.
type Slots struct {
	Code    string     `toml:"code"` // "nash-am"; part of the name under which headquarters lends their places
	Service id.Service `toml:"service"`
	Staff   string     `toml:"staff"`  // "f" for desks where women sit, "m" for men; anybody when left out
	Days    []string   `toml:"days"`   // "mon" to "sun"
	From    string     `toml:"from"`   // the first: "09:00"
	To      string     `toml:"to"`     // none begins at or after it
	Every   int        `toml:"every"`  // minutes
	Places  int        `toml:"places"` // of each; one is for one visit
	WalkIns int        `toml:"walk_ins"`
	Lent    int        `toml:"lent"` // of the places, the first so many are headquarters' to lend
	Own     []int      `toml:"own"`  // first and last of this box's own; all that are left when left out
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func (s Slots) plan() (booking.Plan, error) {
	from, errFrom := minuteOf(s.From)
	to, errTo := minuteOf(s.To)
	p := booking.Plan{
		Code: s.Code, Service: s.Service, Sex: s.Staff, From: from, To: to, Every: s.Every, Places: s.Places, WalkIns: s.WalkIns, Lent: s.Lent,
	}
	errs := []error{errFrom, errTo}
	for _, day := range s.Days {
		i := slices.Index(weekdays, day)
		if i < 0 {
			errs = append(errs, fmt.Errorf("day %q: want one of %v", day, weekdays))
		}
		p.Days = append(p.Days, time.Weekday(i))
	}
	switch len(s.Own) {
	case 0:
	case 2:
		p.OwnFrom, p.OwnTo = s.Own[0], s.Own[1]
	default:
		errs = append(errs, errors.New("own: want the first and the last place, as [5, 8]"))
	}
	if err := errors.Join(errs...); err != nil {
		return p, fmt.Errorf("slots %s: %w", s.Code, err)
	}
	return p, p.Check()
}

// minuteOf reads "09:30".
func minuteOf(s string) (int, error) {
	at, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf(`time %q: want for example "09:30"`, s)
	}
	return at.Hour()*60 + at.Minute(), nil
}

func (c Config) plans() (out []booking.Plan, err error) {
	for _, s := range c.Slots {
		p, fault := s.plan()
		out, err = append(out, p), cmp.Or(err, fault)
	}
	return out, err
}

// checkSlots reports slots that cannot be booked, and those of services that are not offered.
func (c Config) checkSlots() error {
	_, err := c.plans()
	faults := []error{err}
	for i, s := range c.Slots {
		if !slices.ContainsFunc(c.Services, func(own Service) bool { return own.Code == s.Service }) {
			faults = append(faults, fmt.Errorf("slots %s: there is no service %q: use the code of a [[service]]", s.Code, s.Service))
		}
		if slices.ContainsFunc(c.Slots[:i], func(o Slots) bool { return o.Code == s.Code }) {
			faults = append(faults, fmt.Errorf("slots %s are there twice: give each a code of its own", s.Code))
		}
	}
	return errors.Join(faults...)
}

// releaseEvery is how often appointments are looked at: a no-show is one for the rest of the day.
const releaseEvery = time.Minute

// releases gives up appointments that nobody came to.
func (b *Box) releases(floor *desk.Floor) part {
	return func(ctx context.Context) error {
		tick := time.NewTicker(releaseEvery)
		defer tick.Stop()
		for {
			if err := floor.ReleaseBookings(ctx); err != nil && ctx.Err() == nil {
				b.Log.Warn("appointments that nobody came to were not given up", "err", err)
			}
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
		}
	}
}
