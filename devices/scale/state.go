package scale

import (
	"errors"
	"time"
)

// State is how a scale is, apart from what it weighs. The zero State is "unknown".
type State struct {
	Known      bool      // something was understood, and the line has been well since
	Line       error     // port.ErrSilent, port.ErrBabble, port.ErrHalf or nil
	Overload   bool      // now
	Underload  bool      // now
	Drift      bool      // the empty pan does not read zero
	BatteryLow bool      // where the scale tells
	Unit       error     // ErrUnit, ErrBare or ErrPieces: no weight can be read; ErrImperial: it can
	Fault      error     // the scale says that it is not well, or refuses to weigh
	Serial     string    // the scale's own number, where it can be asked; kept while the port is open
	Heard      time.Time // when the last message came; kept from one Run to the next
}

// ErrImperial: weights come in pounds or ounces. They are converted exactly, but a desk cannot compare them with the
// scale's display.
var ErrImperial = errors.New("the scale shows pounds or ounces: set it to kilograms")

// same ignores the time, which changes with every line, and compares errors by what they say.
func (s State) same(o State) bool {
	if text(s.Line) != text(o.Line) || text(s.Unit) != text(o.Unit) || text(s.Fault) != text(o.Fault) {
		return false
	}
	s.Line, s.Unit, s.Fault, s.Heard = nil, nil, nil, time.Time{}
	o.Line, o.Unit, o.Fault, o.Heard = nil, nil, nil, time.Time{}
	return s == o
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// settler says when a weight may be believed: the same stable weight so many times running, all of them within one
// division and of one form.
type settler struct {
	low, high int64
	decimals  int
	unit      Unit
	runs      int
}

func (s *settler) settled(r Reading, division int64, need int) bool {
	if !r.Stable {
		*s = settler{}
		return false
	}
	low, high := min(s.low, r.Grams), max(s.high, r.Grams)
	if s.runs == 0 || high-low > division || r.Unit != s.unit || r.Decimals != s.decimals {
		*s = settler{low: r.Grams, high: r.Grams, decimals: r.Decimals, unit: r.Unit, runs: 1}
		return need <= 1
	}
	s.low, s.high = low, high
	s.runs++
	return s.runs >= need
}

// drifter watches for an empty pan that does not read zero; doc.go says how it knows an empty pan.
type drifter struct{ since time.Time }

// drifted is told every stable weight.
func (d *drifter) drifted(r Reading, division int64, now time.Time) bool {
	off := r.Grams < -driftDivisions*division || r.Grams > driftDivisions*division && r.Grams <= emptyDivisions*division
	switch {
	case !off:
		d.since = time.Time{}
	case d.since.IsZero():
		d.since = now
	}
	return off && now.Sub(d.since) >= driftAfter
}

func magnitude(n int64) int64 { return max(n, -n) }
