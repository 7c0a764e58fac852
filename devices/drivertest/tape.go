package drivertest

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

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

// Recording is a tape to be made.
type Recording struct {
	Class, Profile string        // of the device, as the tape's head says them
	Device         port.Opener   // the way to it
	Mask           tape.Mask     // what of it must not be on a tape
	Idle           time.Duration // recorded after the work was done
}

// Record makes the tape that [Tape] plays with the same newDriver: from a simulator, until somebody has met the device.
func Record(t testing.TB, file string, what Recording, newDriver func(p port.Opener) (d Driver, check func(ctx context.Context) error)) {
	t.Helper()
	ring, began := tape.Recording(), time.Now()
	d, check := newDriver(&tape.Tap{Port: what.Device, Ring: ring, Mask: what.Mask})
	r := &rig{t: t, name: file, driver: d, check: check}
	r.start()
	defer r.stop()
	r.comesToWork()
	time.Sleep(what.Idle)
	r.cancel()
	r.end()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	made := tape.Tape{Class: what.Class, Profile: what.Profile, Began: began, Exchanges: ring.Last()}
	if err := made.Write(f); err != nil {
		t.Fatal(err)
	}
}
