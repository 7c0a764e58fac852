package rack

import (
	"errors"
	"testing"

	"markaz.example/devices/port"
)

func TestLineConditions(t *testing.T) {
	for verdict, want := range map[error]string{
		port.ErrSilent: "device.silent", port.ErrBabble: "device.babbles", port.ErrHalf: "device.half-answer",
	} {
		got := lineConditions(verdict)
		if len(got) != 1 || got[0].Code != want || got[0].Remedy == "" || got[0].Severity != Fault {
			t.Errorf("%v: %+v", verdict, got)
		}
	}
	if got := append(lineConditions(nil), lineConditions(errors.New("another"))...); len(got) != 0 {
		t.Errorf("a line that is well: %+v", got)
	}
}
