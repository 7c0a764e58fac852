package lease

import (
	"testing"

	"errors"
	"time"

	"markaz.example/edge/clock"
	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
	"markaz.example/edge/letter"
)

// frozen is each kind with the bytes of one value.
const name = "K5QXG43UOVZGKZDT"

func granted(from, count uint64) letter.LeaseGranted {
	return letter.LeaseGranted{ID: name, What: "bed", From: from, Count: count, Until: 1795500000000, Nonce: make([]byte, 16)}
}

var frozen = []ledgertest.Frozen{
	{Kind: "lease.granted/1", Event: granted(11, 5), Body: "a601704b355158473433554f565a474b5a44540263626564030b0405051b000001a20c23c300065000000000000000000000000000000000"},
	{Kind: "lease.drawn/1", Event: Drawn{name, "bed", 11}, Body: "a301704b355158473433554f565a474b5a44540263626564030b"},
	{Kind: "lease.returned/1", Event: Returned{name, "bed", 12, 4}, Body: "a401704b355158473433554f565a474b5a44540263626564030c0404"},
}

func TestFrozen(t *testing.T) { ledgertest.CheckFrozen(t, Book(), frozen) }

func FuzzBody(f *testing.F) { ledgertest.FuzzBodies(f, frozen) }

func TestChecks(t *testing.T) {
	for name, e := range map[string]ledger.Event{
		"number 0":        Drawn{name, "bed", 0},
		"no lease":        Drawn{"", "bed", 1},
		"a name in words": Drawn{name, "a bed", 1},
		"nothing":         Returned{name, "bed", 1, 0},
		"past any pool":   Returned{name, "bed", letter.NumberMax + 1, 1},
	} {
		if e.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func draw(t *testing.T, f *ledgertest.File) (number uint64, err error) {
	t.Helper()
	err = f.Update(t.Context(), "desk/A", func(tx *ledger.Tx) (err error) {
		number, err = Draw(tx, "bed", "K5QXG43UOVZGKZDU")
		return err
	})
	return number, err
}

func grant(t *testing.T, f *ledgertest.File, c letter.LeaseGranted) {
	t.Helper()
	if err := f.Update(t.Context(), "headquarters", func(tx *ledger.Tx) error { return Grant(tx, c) }); err != nil {
		t.Fatal(err)
	}
}

// Numbers are drawn once each, of the lease that ends first, until none is left.
func TestDrawn(t *testing.T) {
	f := ledgertest.Create(t, Book())
	defer f.Close(t)
	if _, err := draw(t, f); !errors.Is(err, ErrNone) {
		t.Errorf("drawn before anything was lent: %v", err)
	}
	late := granted(1, 1)
	late.ID, late.Until = "K5QXG43UOVZGKZDV", late.Until+1
	grant(t, f, late)
	grant(t, f, granted(11, 2))
	for _, want := range []uint64{11, 12, 1} {
		if got, err := draw(t, f); err != nil || got != want {
			t.Errorf("drew %d, %v, want %d", got, err, want)
		}
	}
	if _, err := draw(t, f); !errors.Is(err, ErrNone) {
		t.Errorf("drawn when none was left: %v", err)
	}
}

// A lease ends by a clock that headquarters set, and by no other.
func TestEndsByATrustedClockAlone(t *testing.T) {
	f := ledgertest.Create(t, Book())
	defer f.Close(t)
	c := granted(11, 3)
	c.Until = f.Clock.Wall().Add(time.Hour).UnixMilli()
	grant(t, f, c)
	f.Clock.Pass(2 * time.Hour)
	expire := func(want int) {
		t.Helper()
		if err := f.Update(t.Context(), "box", Expire); err != nil {
			t.Fatal(err)
		}
		_ = f.View(t.Context(), func(s ledger.Snapshot) error {
			if got := len(All(s)); got != want {
				t.Errorf("%d leases, want %d", got, want)
			}
			return nil
		})
	}
	expire(1)
	if _, err := draw(t, f); err != nil {
		t.Errorf("by a clock that nobody set it ended: %v", err)
	}
	if err := f.Tell(t.Context(), "headquarters", time.UnixMilli(c.Until).Add(Margin/2), clock.Network); err != nil {
		t.Fatal(err)
	}
	if _, err := draw(t, f); !errors.Is(err, ErrNone) {
		t.Errorf("drawn after its end: %v", err)
	}
	expire(1) // the margin
	f.Clock.Pass(Margin)
	expire(0)
}
