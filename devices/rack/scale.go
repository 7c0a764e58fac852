package rack

import (
	"context"
	"errors"

	"markaz.example/devices/scale"
)

// Scale lets a rack run a scale and see how it is.
type Scale struct{ *scale.Driver }

// Watch reports until the context ends. A scale of which nothing is known yet, not even that it is silent, is no news:
// its line is judged within 2 s, and a driver that ends is reported as disconnected.
func (s Scale) Watch(ctx context.Context, tell func([]Condition)) {
	changes := s.Changes()
	for {
		select {
		case st := <-changes:
			if st.Known || st.Line != nil {
				tell(scaleConditions(st))
			}
		case <-ctx.Done():
			return
		}
	}
}

// scaleConditions names the line's trouble, or else everything that the scale or its weights tell.
func scaleConditions(s scale.State) []Condition {
	if now := lineConditions(s.Line); len(now) > 0 {
		return now
	}
	var now []Condition
	for _, c := range []struct {
		holds bool
		err   error
		Condition
	}{
		{s.Fault != nil, s.Fault, Condition{Code: "scale.fault", Severity: Fault, Remedy: "scale.switch-off-and-on"}},
		{s.Unit != nil, s.Unit, Condition{Code: "scale.unit", Severity: unitSeverity(s.Unit), Remedy: "scale.set-unit"}},
		{s.Overload, nil, Condition{Code: "scale.overload", Severity: Warning, Remedy: "scale.take-off"}},
		{s.Underload, nil, Condition{Code: "scale.underload", Severity: Warning, Remedy: "scale.put-pan-on"}},
		{s.Drift, nil, Condition{Code: "scale.drift", Severity: Warning, Remedy: "scale.zero"}},
		{s.BatteryLow, nil, Condition{Code: "scale.battery-low", Severity: Warning, Remedy: "scale.charge"}},
	} {
		if !c.holds {
			continue
		}
		if c.err != nil {
			c.Detail = c.err.Error()
		}
		now = append(now, c.Condition)
	}
	return now
}

// unitSeverity: pounds are weights that a desk cannot compare with the display; without a unit there is no weight at all.
func unitSeverity(err error) Severity {
	if errors.Is(err, scale.ErrImperial) {
		return Warning
	}
	return Fault
}
