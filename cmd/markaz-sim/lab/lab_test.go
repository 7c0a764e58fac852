package lab_test

import (
	"errors"
	"os/exec"
	"strings"
	"testing"

	"markaz.example/cmd/markaz-sim/lab"
)

// A line is broken in every way and mended again: what came through before comes through after.
func TestEveryFaultIsMended(t *testing.T) {
	l, err := lab.New(t.Context())
	if errors.Is(err, lab.ErrNone) {
		t.Skip(err) // chaos then goes through a relay
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	var hosts [2]*lab.Host
	for i := range hosts {
		if hosts[i], err = l.Add(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if !soonReaches(t, hosts[0], hosts[1]) {
		t.Fatal("two hosts at one switch do not hear each other")
	}
	for f := lab.Fault(1); int(f) < lab.Faults; f++ {
		if err := hosts[0].Set(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		if deadly := f == lab.Cut || f == lab.Hole || f == lab.Deaf || f == lab.Mute || f == lab.Resets; deadly && reaches(t, hosts[0], hosts[1]) {
			t.Errorf("%s: a connection comes through", f)
		}
		if err := hosts[0].Set(t.Context(), lab.Whole); err != nil {
			t.Fatal(err)
		}
		if !soonReaches(t, hosts[0], hosts[1]) {
			t.Errorf("%s: no connection after it was mended", f)
		}
	}
}

// reaches tells whether a connection to a closed port is refused by the other host, which takes the line both ways.
func reaches(t *testing.T, from, to *lab.Host) bool {
	t.Helper()
	path, args := from.Command("bash", "-c", "exec 3<>/dev/tcp/"+to.Address()+"/9")
	path, args = "timeout", append([]string{"1", path}, args...)
	out, err := exec.CommandContext(t.Context(), path, args...).CombinedOutput()
	return err != nil && strings.Contains(string(out), "refused")
}

// soonReaches asks again: on a busy machine one question may outlive its second.
func soonReaches(t *testing.T, from, to *lab.Host) bool {
	t.Helper()
	for range 20 {
		if reaches(t, from, to) {
			return true
		}
	}
	return false
}
