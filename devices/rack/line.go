package rack

import (
	"errors"

	"markaz.example/devices/port"
)

// lineConditions names what an Ear judged of a line; none when the line is well. All classes of devices share these
// codes: what to do about a mute or a babbling cable does not depend on what hangs on it.
func lineConditions(verdict error) []Condition {
	for _, c := range []struct {
		is   error
		code string
		todo string
	}{
		{port.ErrSilent, "device.silent", "device.switch-on"},
		{port.ErrBabble, "device.babbles", "device.check-model"},
		{port.ErrHalf, "device.half-answer", "device.check-plug"},
	} {
		if errors.Is(verdict, c.is) {
			return []Condition{{Code: c.code, Severity: Fault, Remedy: c.todo, Detail: verdict.Error()}}
		}
	}
	return nil
}
