package drivertest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"

	"markaz.example/devices/port"
)

// The check lets a driver pass that does what is on the tape and, the control, no other.
func TestTapeTellsGoodFromBad(t *testing.T) {
	const head = "markaz tape 1\nclass echo\nprofile echo.toml\nbegan 2026-03-01T08:00:00Z\n"
	for _, c := range []struct {
		name, tape string
		passes     bool
	}{
		{"what it does", "> +0.000 07\n< +0.010 07\n", true},
		{"another question", "> +0.000 08\n< +0.010 08\n", false},
		{"no tape", "> nonsense\n", false},
	} {
		file := filepath.Join(t.TempDir(), "echo.tape")
		if err := os.WriteFile(file, []byte(head+c.tape), 0o600); err != nil {
			t.Fatal(err)
		}
		synctest.Test(t, func(t *testing.T) {
			v := &verdict{TB: t}
			var suite sync.WaitGroup
			suite.Go(func() {
				Tape(v, file, func(p port.Opener) (Driver, func(context.Context) error) {
					a := &asker{port: p}
					return a, a.check
				})
			})
			suite.Wait()
			if v.failed == c.passes {
				t.Errorf("%s: failed is %v", c.name, v.failed)
			}
		})
	}
}
