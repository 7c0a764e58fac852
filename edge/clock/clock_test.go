package clock_test

import (
	"testing"
	"time"

	"markaz.example/edge/clock"
)

var (
	built = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	now   = time.Date(2026, 11, 27, 6, 0, 0, 0, time.UTC)
)

func at(t time.Time) *machine { return &machine{truth: t.UnixMilli()} }

// A clock that shows what cannot be is not believed, and what it should have shown is.
func TestWhatASystemClockMayShow(t *testing.T) {
	for name, c := range map[string]struct {
		shows, want time.Time
		grade       clock.Grade
	}{
		"1970":              {time.Unix(5, 0), built, clock.Unset},
		"2038":              {time.Unix(1<<31, 0), built, clock.Unset},
		"2106":              {time.Unix(1<<32, 0), built, clock.Unset},
		"before 1970":       {time.Unix(-5, 0), built, clock.Unset},
		"right":             {now, now, clock.RTC},
		"years in a store":  {now.AddDate(4, 0, 0), now.AddDate(4, 0, 0), clock.RTC},
		"put back a little": {built.Add(-time.Second), built, clock.RTC},
		"before it is made": {built.Add(-time.Hour), built, clock.Unset},
	} {
		got := clock.New(at(c.shows), 1, clock.Past(built)).Now()
		if !got.Time().Equal(c.want) || got.Grade != c.grade {
			t.Errorf("%s: shows %s (%s), want %s (%s)", name, got.Time(), got.Grade, c.want, c.grade)
		}
	}
}

// Somebody sets the system clock while the box runs, right or wrong.
func TestSystemClockIsSet(t *testing.T) {
	m := at(time.Unix(0, 0))
	c := clock.New(m, 1, clock.Past(built))
	m.pass(60_000)
	if got := c.Now(); got.Grade != clock.Unset || !got.Time().Equal(built.Add(time.Minute)) {
		t.Errorf("in 1970: %v", got)
	}
	m.ahead = now.UnixMilli() - m.truth
	if got := c.Now(); got.Grade != clock.RTC || !got.Time().Equal(now) {
		t.Errorf("set right: %v", got)
	}
	for name, shows := range map[string]time.Time{"1970": time.Unix(60, 0), "hours behind": built.Add(-20 * time.Hour)} {
		m.ahead = shows.UnixMilli() - m.truth
		if got := c.Now(); got.Grade != clock.Unset {
			t.Errorf("set to %s: %v", name, got)
		}
		m.pass(24 * 3600 * 1000) // a clock that is known to be behind does not come right by waiting
		if got := c.Now(); got.Grade != clock.Unset {
			t.Errorf("a day after it was set to %s: %v", name, got)
		}
	}
}

// Once told the time, the box keeps it whatever the system clock does, and hears only whoever is as good.
func TestToldTime(t *testing.T) {
	m := at(now)
	c := clock.New(m, 1, clock.Past(built))
	told := now.Add(time.Hour)
	for _, step := range []struct {
		at    time.Time
		by    clock.Grade
		taken bool
	}{
		{now, clock.RTC, false},
		{built.Add(-time.Hour), clock.Network, false}, // nobody was there yet to be told
		{now.Add(time.Minute), clock.Human, true},
		{told, clock.Network, true},
		{now, clock.Human, false},
	} {
		if got := c.Tell(step.at, step.by); got != step.taken {
			t.Errorf("%s told %s: taken %v", step.by, step.at, got)
		}
	}
	m.ahead = -m.truth
	m.pass(1500)
	if got := c.Now(); got.Grade != clock.Network || !got.Time().Equal(told.Add(1500*time.Millisecond)) {
		t.Errorf("after a jump to 1970: %v", got)
	}
}

// A box that believed in years to come is put right by headquarters, and stays right: not only in this boot.
func TestTheFutureIsNotForEver(t *testing.T) {
	ahead := clock.Stamp{Boot: 1, Wall: now.AddDate(4, 0, 0).UnixMilli(), Grade: clock.RTC}
	floor := clock.Past(built)
	floor.Seen(ahead)
	c := clock.New(at(now), 2, floor)
	if got := c.Now(); got.Grade != clock.Unset || got.Wall < ahead.Wall {
		t.Errorf("before it is told: %v", got)
	}
	if c.Tell(now, clock.Network); !c.Now().Time().Equal(now) {
		t.Fatalf("told: %v", c.Now())
	}
	floor.Told(now.UnixMilli(), clock.Network)
	floor.Seen(c.Now())
	if got := clock.New(at(now.Add(time.Hour)), 3, floor).Now(); got.Grade != clock.RTC || !got.Time().Equal(now.Add(time.Hour)) {
		t.Errorf("after the next start: %v", got)
	}
	if c := clock.New(at(now), 3, floor); c.Tell(now.Add(-time.Hour), clock.Human) || !c.Tell(now.Add(-time.Hour), clock.Network) {
		t.Error("below what headquarters told, a person is believed, or headquarters is not")
	}
}
