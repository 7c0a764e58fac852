package rack

import (
	"context"
	"errors"
	"time"

	"markaz.example/devices/finger"
	"markaz.example/devices/port"
)

// FingerDriver is the driver of any fingerprint reader.
type FingerDriver interface {
	Driver
	// Changes gives the present state and then each new one.
	Changes() <-chan finger.State
}

// Finger lets a rack run a fingerprint reader and see what it says of itself.
type Finger struct{ FingerDriver }

// Watch reports until the context ends. A reader that has said nothing yet is believed silent a little later than one
// whose driver says so: it may have been started just now.
func (f Finger) Watch(ctx context.Context, tell func([]Condition)) {
	changes := f.Changes()
	silent := time.NewTimer(heardWithin)
	defer silent.Stop()
	for {
		select {
		case s := <-changes:
			if !s.Ready && s.Line == nil && s.Trouble == nil {
				silent.Reset(heardWithin)
				continue
			}
			silent.Stop()
			tell(fingerConditions(s))
		case <-silent.C:
			tell(lineConditions(port.ErrSilent))
		case <-ctx.Done():
			return
		}
	}
}

// fingerConditions puts the line first: what a reader said of itself before it fell silent is old.
func fingerConditions(s finger.State) []Condition {
	if now := lineConditions(s.Line); now != nil {
		return now
	}
	for _, c := range []struct {
		is   error
		code string
		todo string
	}{
		{finger.ErrPassword, "finger.wrong-password", "finger.enter-password"},
		{finger.ErrDirty, "finger.sensor-dirty", "finger.clean-glass"},
		{finger.ErrRegister, "finger.not-registered", "finger.ask-provider"},
		{finger.ErrTamper, "finger.tampered", "finger.take-away"},
		{finger.ErrTrust, "finger.not-trusted", "finger.take-away"},
		{finger.ErrClock, "finger.wrong-clock", "finger.set-clock"},
		{port.ErrBusy, "finger.busy", "finger.close-program"},
		{s.Trouble, "finger.sensor-broken", "finger.use-another"}, // finger.ErrSensor, or a number of a maker's own
	} {
		if s.Trouble != nil && errors.Is(s.Trouble, c.is) {
			return []Condition{{Code: c.code, Severity: Fault, Remedy: c.todo, Detail: s.Trouble.Error()}}
		}
	}
	return nil
}
