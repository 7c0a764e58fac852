package terminal

import "time"

// damper is what people are told of a value that may come and go: the worse and the unknown at once, the better when it
// has held for betterAfter.
type damper struct {
	told   Value
	strict bool      // what was unknown is told late too when it is good; otherwise at once
	since  time.Time // since when the value has been better than what was told; zero when it is not
}

// step takes the value of now. It reports whether the told value changed, and when to look again, zero for not at all.
func (d *damper) step(now time.Time, raw Value) (changed bool, due time.Time) {
	if raw == d.told {
		d.since = time.Time{}
		return false, time.Time{}
	}
	if d.atOnce(raw) {
		d.told, d.since = raw, time.Time{}
		return true, time.Time{}
	}
	if d.since.IsZero() {
		d.since = now
	}
	if now.Sub(d.since) < betterAfter {
		return false, d.since.Add(betterAfter)
	}
	d.told, d.since = raw, time.Time{}
	return true, time.Time{}
}

func (d *damper) atOnce(raw Value) bool {
	return raw == Unknown || raw.rank() <= d.told.rank() || d.told == Unknown && !d.strict
}
