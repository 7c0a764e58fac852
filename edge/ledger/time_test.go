package ledger_test

import (
	"errors"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"markaz.example/edge/clock"
	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
)

// A box that ran years ahead for a while is put right by headquarters once, and stays right over restarts, while its newest
// records still bear that time.
func TestAFutureThatPassed(t *testing.T) {
	f := kept(t)
	f.Clock.Jump(4 * 365 * 24 * time.Hour)
	f.Reboot(t)
	write(t, f, "years ahead")
	f.Clock.Jump(-4 * 365 * 24 * time.Hour)
	f.Reboot(t)
	right := f.Clock.Wall()
	if now := f.Ledger.Clock().Now(); now.Grade != clock.Unset || now.Time().Before(right.AddDate(3, 0, 0)) {
		t.Fatalf("before it was told: %v", now)
	}
	must(t, f.Ledger.Tell(t.Context(), "headquarters", right, clock.Network))
	write(t, f, "told")
	for range 2 {
		if now := f.Ledger.Clock().Now(); !now.Time().Equal(f.Clock.Wall()) || now.Grade < clock.RTC {
			t.Errorf("after it was told: %v, want %s", now, f.Clock.Wall())
		}
		f.Clock.Pass(time.Hour)
		f.Reboot(t)
	}
}

// Stamps of a boot are placed by what was told in it, before or after them; those of another boot are not.
func TestStampsArePlaced(t *testing.T) {
	f := kept(t)
	before := f.Ledger.Clock().Now()
	f.Clock.Jump(-56 * 365 * 24 * time.Hour)
	f.Reboot(t)
	f.Clock.Pass(3 * time.Hour)
	wrong := f.Ledger.Clock().Now()
	f.Clock.Pass(time.Hour)
	truth := time.Date(2026, 12, 1, 4, 0, 0, 0, time.UTC)
	must(t, f.Ledger.Tell(t.Context(), "headquarters", truth, clock.Network))
	must(t, f.Ledger.View(t.Context(), func(s ledger.Snapshot) error {
		if at, exact := ledger.Place(s, wrong); !exact || at != truth.Add(-time.Hour).UnixMilli() {
			t.Errorf("placed at %s, exact %v; want %s", time.UnixMilli(at).UTC(), exact, truth.Add(-time.Hour))
		}
		if at, exact := ledger.Place(s, before); exact || at != before.Wall {
			t.Errorf("a boot that was told nothing: %d, exact %v", at, exact)
		}
		return nil
	}))
}

// What was told and found no room is recorded when it is told again.
func TestToldTimeIsOwedWhileTheDiskIsFull(t *testing.T) {
	path := create(t)
	o := options()
	truth := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	o.Source = fixed{truth}
	l, stop := run(t, path, o)
	defer func() { must(t, stop()) }()
	back := swap(t, path, "/dev/full", unix.O_RDWR)
	err := l.Tell(t.Context(), "headquarters", truth, clock.Network)
	back()
	if !errors.Is(err, ledger.ErrFull) {
		t.Fatalf("got %v, want ErrFull", err)
	}
	for range 2 {
		must(t, l.Tell(t.Context(), "headquarters", truth, clock.Network))
	}
	if got := l.Acknowledged().Seq; got != 2 { // the start, and once what was told
		t.Errorf("%d records, want 2", got)
	}
}

// kept is a ledger that a test ends with.
func kept(t *testing.T) *ledgertest.File {
	f := ledgertest.Create(t, notes()...)
	t.Cleanup(func() { f.Close(t) })
	return f
}

func write(t testing.TB, f *ledgertest.File, text string) {
	t.Helper()
	must(t, f.Ledger.Update(t.Context(), "test", note("k", text)))
}
