package rack

import (
	"context"
	"time"

	"markaz.example/devices/paypoint"
	"markaz.example/devices/paypoint/terminal"
)

// Paypoints lets a rack run a listener for payment terminals and see how they are.
type Paypoints struct{ *paypoint.Listener }

// Watch reports until the context ends. A listener that has just begun has heard nobody yet: its terminals are given
// paypointHeardWithin before they are called silent.
func (p Paypoints) Watch(ctx context.Context, tell func([]Condition)) {
	changes := p.Changes()
	grace := time.NewTimer(paypointHeardWithin)
	defer grace.Stop()
	began := time.Now()
	for {
		select {
		case s := <-changes:
			tell(paypointConditions(s, time.Now(), time.Since(began) < paypointHeardWithin))
		case <-grace.C:
			tell(paypointConditions(p.State(), time.Now(), false))
		case <-ctx.Done():
			return
		}
	}
}

// paypointConditions names what is so of each terminal.
func paypointConditions(s paypoint.State, now time.Time, young bool) []Condition {
	var found []Condition
	for _, c := range []struct {
		holds func(terminal.Status) bool
		Condition
	}{
		{func(t terminal.Status) bool { return t.Silent && !young }, Condition{Code: "paypoint.silent", Severity: Warning, Remedy: "paypoint.call-bank"}},
		{told(terminal.Link, terminal.Offline), Condition{Code: "paypoint.offline", Severity: Fault, Remedy: "paypoint.check-line"}},
		{told(terminal.Service, terminal.OutOfService, terminal.Closed), Condition{Code: "paypoint.out-of-service", Severity: Fault, Remedy: "paypoint.call-bank"}},
		{told(terminal.Cash, terminal.Out, terminal.Fault), Condition{Code: "paypoint.cash-out", Severity: Fault, Remedy: "paypoint.ask-for-cash"}},
		{told(terminal.Cash, terminal.Low), Condition{Code: "paypoint.cash-low", Severity: Warning, Remedy: "paypoint.ask-for-cash"}},
		{told(terminal.CardReader, terminal.Fault), Condition{Code: "paypoint.card-reader", Severity: Fault, Remedy: "paypoint.call-bank"}},
		{told(terminal.Receipt, terminal.Out), Condition{Code: "paypoint.paper-out", Severity: Warning, Remedy: "paypoint.change-roll"}},
	} {
		for _, t := range s.Terminals {
			if c.holds(t) {
				c.Part = t.ID.String()
				found = append(found, c.Condition)
			}
		}
	}
	return append(found, garbled(s, now)...)
}

func told(a terminal.Axis, bad ...terminal.Value) func(terminal.Status) bool {
	return func(t terminal.Status) bool {
		for _, v := range bad {
			if t.Told[a] == v && !t.Silent {
				return true
			}
		}
		return false
	}
}

// garbled is one condition for all that was lately wrong with messages.
func garbled(s paypoint.State, now time.Time) []Condition {
	c := Condition{Code: "paypoint.garbled", Severity: Warning, Remedy: "paypoint.check-profile"}
	for _, t := range s.Troubles {
		if t.Matters(now) {
			c.Detail += ", " + t.Line + " " + t.Why
		}
	}
	if c.Detail == "" {
		return nil
	}
	c.Detail = c.Detail[2:]
	return []Condition{c}
}
