package identity_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"markaz.example/edge/book/identity"
	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
)

const visit = "VVVVVVVVVVVVVVVV"

func tried(finger string, r identity.Result, quality uint8) identity.Tried {
	return identity.Tried{Desk: "A", Stop: 1, Device: "finger/desk-a", Finger: finger, Result: r, Quality: quality}
}

func look(t *testing.T, f *ledgertest.File) (c identity.Check) {
	t.Helper()
	err := f.View(context.Background(), func(s ledger.Snapshot) error { c = identity.Of(s, visit, 1); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func open(t *testing.T) *ledgertest.File {
	t.Helper()
	f := ledgertest.Create(t, identity.Book())
	t.Cleanup(func() { f.Close(t) })
	return f
}

func record(f *ledgertest.File, decide func(*ledger.Tx) error) error {
	return f.Update(context.Background(), "desk/A", decide)
}

func try(f *ledgertest.File, e identity.Tried) error {
	return record(f, func(tx *ledger.Tx) error { return identity.Try(tx, visit, e) })
}

// Failures count by finger, the reader's own troubles against none; a finger that is taken settles the check.
func TestTries(t *testing.T) {
	f := open(t)
	for _, e := range []identity.Tried{
		tried("right-index", identity.Messy, 20), tried("right-index", identity.NoFinger, 0),
		tried("right-index", identity.Trouble, 0), tried("left-thumb", identity.Poor, 35),
	} {
		if err := try(f, e); err != nil {
			t.Fatal(err)
		}
	}
	c := look(t, f)
	want := []identity.Finger{{Name: "right-index", Failed: 2}, {Name: "left-thumb", Failed: 1}}
	if diff := cmp.Diff(want, c.Tried); diff != "" || c.Tries != 4 || c.State != identity.StateOpen || c.Last != identity.Poor {
		t.Errorf("%+v\n%s", c, diff)
	}
	if c.Failed("right-index") != 2 || c.Failed("left-little") != 0 {
		t.Errorf("failed: %+v", c)
	}
	if err := try(f, tried("left-thumb", identity.Taken, 71)); err != nil {
		t.Fatal(err)
	}
	if c := look(t, f); c.State != identity.StatePassed || c.Quality != 71 {
		t.Errorf("taken: %+v", c)
	}
	if err := try(f, tried("left-thumb", identity.Taken, 71)); !errors.Is(err, identity.ErrSettled) {
		t.Errorf("once more: %v, want ErrSettled", err)
	}
}

func TestTriesAreBounded(t *testing.T) {
	f := open(t)
	var err error
	n := 0
	for ; err == nil; n++ {
		err = try(f, tried("right-index", identity.Messy, 0))
	}
	if !errors.Is(err, identity.ErrTries) || n != 31 {
		t.Errorf("try %d: %v, want ErrTries at the 31st", n, err)
	}
}

// An exception or a case settles the check as well, and one reference is one case.
func TestExceptionAndCase(t *testing.T) {
	f := open(t)
	file := func(stop uint8) error {
		return record(f, func(tx *ledger.Tx) error {
			return identity.File(tx, visit, identity.Filed{Desk: "A", Stop: stop, Case: "K5QXG43U", Reason: "worn"})
		})
	}
	if err := file(1); err != nil {
		t.Fatal(err)
	}
	if c := look(t, f); c.State != identity.StateFiled || c.Case != "K5QXG43U" || c.Reason != "worn" || c.Desk != "A" {
		t.Errorf("filed: %+v", c)
	}
	if err := file(2); !errors.Is(err, identity.ErrTaken) {
		t.Errorf("the same reference again: %v, want ErrTaken", err)
	}
	err := record(f, func(tx *ledger.Tx) error {
		return identity.Except(tx, visit, identity.Excepted{Desk: "A", Stop: 1, Reason: "worn"})
	})
	if !errors.Is(err, identity.ErrSettled) {
		t.Errorf("an exception to what is filed: %v, want ErrSettled", err)
	}
	err = f.View(context.Background(), func(s ledger.Snapshot) error {
		if c, ok := identity.ByCase(s, "K5QXG43U"); !ok || c.Visit != visit || c.Stop != 1 {
			t.Errorf("by its reference: %+v, %v", c, ok)
		}
		if _, ok := identity.ByCase(s, "AAAAAAAA"); ok {
			t.Error("a reference that nobody gave out is found")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
