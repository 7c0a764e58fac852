package queue

import (
	"errors"
	"fmt"
)

// Rules are a centre's settings of who is next. All times are milliseconds.
type Rules struct {
	Ranks map[Class]Rank // of every class; a class without one ranks as Rank{Percent: 100}

	// CeilingMs is the brake: whoever has waited so long goes before all who have not, emergencies excepted, and no class
	// grows faster than the clock from there on. 0 is no brake, which Next follows and Check refuses.
	CeilingMs int64

	// BookedMs is how much earlier an appointment in its window counts as having come. Among those who have waited the
	// ceiling it stands by that, so that it is worth something on a day on which everybody has waited so long.
	BookedMs int64

	// An appointment counts from EarlyMs before its time on, for whoever came until LateMs after it. Who came in time keeps
	// it however late the centre is.
	EarlyMs, LateMs int64

	// A desk goes beyond a service that it prefers while that line is short: at most ShortPeople whom the desk could take,
	// none of whom has waited longer than ShortMs.
	ShortPeople int
	ShortMs     int64
}

// Rank is how a class grows in its line: effective wait = wait x Percent / 100 + BoostMs.
type Rank struct {
	Percent int64 // 100 is as the clock goes
	BoostMs int64 // as if they had come so much earlier
}

// DefaultRules are queue.md's where it gives figures. The ranks let an infant who comes now go before whoever came in the
// last ten minutes, and before whoever came twice as early.
func DefaultRules() Rules {
	return Rules{
		Ranks: map[Class]Rank{
			Emergency:   {100, 0},
			Infant:      {200, 10 * minuteMs},
			Disability:  {200, 10 * minuteMs},
			Elder:       {150, 5 * minuteMs},
			Appointment: {150, 5 * minuteMs},
			Returning:   {125, 5 * minuteMs},
			Normal:      {100, 0},
		},
		CeilingMs: 45 * minuteMs, BookedMs: 60 * minuteMs,
		EarlyMs: 5 * minuteMs, LateMs: 10 * minuteMs,
		ShortPeople: 2, ShortMs: 5 * minuteMs,
	}
}

// Check reports rules under which somebody could starve, or that no centre can mean.
func (r Rules) Check() error {
	var errs []error
	for c, rank := range r.Ranks {
		errs = append(errs, c.Check(), rank.check(c))
	}
	if r.CeilingMs < minuteMs || r.CeilingMs > waitMsMax {
		errs = append(errs, fmt.Errorf("ceiling of %d ms: want %d to %d, or somebody may wait for ever", r.CeilingMs, minuteMs, waitMsMax))
	}
	for _, ms := range []int64{r.BookedMs, r.EarlyMs, r.LateMs, r.ShortMs} {
		if ms < 0 || ms > waitMsMax {
			errs = append(errs, fmt.Errorf("a time of %d ms: want 0 to %d", ms, waitMsMax))
		}
	}
	if r.ShortPeople < 0 || r.ShortPeople > shortPeopleMax {
		errs = append(errs, fmt.Errorf("a short line of %d: want 0 to %d", r.ShortPeople, shortPeopleMax))
	}
	return errors.Join(errs...)
}

func (k Rank) check(c Class) error {
	if k.Percent < 1 || k.Percent > percentMax || k.BoostMs < 0 || k.BoostMs > waitMsMax {
		return fmt.Errorf("rank of %s: want 1 to %d percent and 0 to %d ms", c, percentMax, waitMsMax)
	}
	return nil
}

// LeadMs is the most by which anybody may come after somebody else and still go before them once both have waited the
// ceiling, emergencies excepted.
func (r Rules) LeadMs() int64 {
	most, least := r.BookedMs, int64(waitMsMax)*percentMax
	for _, c := range Classes() {
		k := r.rank(c)
		lead := r.CeilingMs*(k.Percent-100)/100 + k.BoostMs
		most, least = max(most, lead), min(least, lead)
	}
	return most - least
}

func (r Rules) rank(c Class) Rank {
	if rank, ok := r.Ranks[c]; ok {
		return rank
	}
	return Rank{Percent: 100}
}
