package drivertest

import (
	"context"
	"errors"
	"os"
	"testing"

	"markaz.example/devices/port"
	"markaz.example/devices/tape"
)

// Tape runs a driver against what a device once said: it must write what was written then, come to work, and come to the
// tape's end without leaving it. In a testing/synctest bubble the tape is played at its own speed at no cost.
//
// The check that New gives is the work that was done when the tape was recorded, once; while the driver is not ready it
// must fail without writing. For a tape on which no work was done it may do nothing.
func Tape(t testing.TB, file string, newDriver func(p port.Opener) (d Driver, check func(ctx context.Context) error)) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	recorded, err := tape.Read(f)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	player := tape.Replay(recorded)
	d, check := newDriver(player)
	r := &rig{t: t, name: file, driver: d}
	r.start()
	defer r.stop()
	r.check = func(ctx context.Context) error {
		err := check(ctx)
		if left := player.Differs(); left != nil {
			t.Fatalf("%s: %v; it says: %v", file, left, err)
		}
		return err
	}
	r.comesToWork()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := player.Wait(ctx); err != nil {
		t.Errorf("%s: %v", file, err)
	}
	r.cancel()
	if err := r.end(); !errors.Is(err, context.Canceled) {
		t.Errorf("%s: Run: %v, want the context's error", file, err)
	}
}
