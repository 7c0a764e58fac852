package household_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"markaz.example/edge/book/household"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
)

const (
	ours   = id.Household("HHHHHHHHHHHHHHHH")
	theirs = id.Household("TTTTTTTTTTTTTTTT")
	visit  = id.Visit("VVVVVVVVVVVVVVVV")
)

func open(t *testing.T) *ledgertest.File {
	t.Helper()
	f := ledgertest.Create(t, household.Book())
	t.Cleanup(func() { f.Close(t) })
	return f
}

func record(f *ledgertest.File, decide func(*ledger.Tx) error) error {
	return f.Update(context.Background(), "desk/A", decide)
}

func form(f *ledgertest.File, h id.Household) error {
	return record(f, func(tx *ledger.Tx) error { return household.Form(tx, h, household.Formed{Desk: "A", Visit: visit}) })
}

func join(f *ledgertest.File, h id.Household, p id.Person, as string) error {
	return record(f, func(tx *ledger.Tx) error {
		return household.Join(tx, h, household.Joined{Desk: "A", Person: p, Place: as})
	})
}

func come(f *ledgertest.File, h id.Household, v id.Visit) error {
	return record(f, func(tx *ledger.Tx) error { return household.Come(tx, h, household.Came{Desk: "A", Visit: v}) })
}

func look(t *testing.T, f *ledgertest.File, question func(ledger.Snapshot)) {
	t.Helper()
	if err := f.View(context.Background(), func(s ledger.Snapshot) error { question(s); return nil }); err != nil {
		t.Fatal(err)
	}
}

// A household is found by its members and its visits; a visit given to the wrong one is given to the right one.
func TestHousehold(t *testing.T) {
	f := open(t)
	if err := errors.Join(form(f, ours), form(f, theirs), join(f, ours, "MMMMMMMMMMMMMMMM", household.Mother),
		join(f, ours, "CCCCCCCCCCCCCCCC", household.Child), come(f, theirs, visit), come(f, ours, visit), come(f, ours, visit)); err != nil {
		t.Fatal(err)
	}
	look(t, f, func(s ledger.Snapshot) {
		at, ok := household.At(s, visit)
		of, has := household.Of(s, "CCCCCCCCCCCCCCCC")
		mother, is := at.Who(household.Mother)
		if !ok || !has || !is || at.ID != ours || of.ID != ours || mother != "MMMMMMMMMMMMMMMM" || at.Visits != 1 || len(at.Members) != 2 {
			t.Errorf("%+v, %v, %+v, %v, %s, %v", at, ok, of, has, mother, is)
		}
		if _, ok := at.Who(household.Father); ok {
			t.Error("a father who never joined")
		}
		if _, ok := household.Of(s, "XXXXXXXXXXXXXXXX"); ok {
			t.Error("a stranger has a household")
		}
		if n := len(slices.Collect(household.All(s))); n != 2 {
			t.Errorf("%d households", n)
		}
	})
	if err := form(f, ours); !errors.Is(err, household.ErrTwice) {
		t.Errorf("formed twice: %v", err)
	}
	if err := join(f, theirs, "CCCCCCCCCCCCCCCC", household.Child); !errors.Is(err, household.ErrTwice) {
		t.Errorf("of two households: %v", err)
	}
}

func TestForgotten(t *testing.T) {
	f := open(t)
	forget := func(h id.Household) error {
		return record(f, func(tx *ledger.Tx) error { return household.Forget(tx, h, household.Forgotten{Reason: "asked"}) })
	}
	if err := forget(ours); !errors.Is(err, household.ErrUnknown) {
		t.Errorf("nobody: %v", err)
	}
	if err := errors.Join(form(f, ours), forget(ours)); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"forget": forget(ours), "come": come(f, ours, visit), "join": join(f, ours, "CCCCCCCCCCCCCCCC", household.Child),
	} {
		if !errors.Is(err, household.ErrForgotten) {
			t.Errorf("%s: %v", name, err)
		}
	}
	look(t, f, func(s ledger.Snapshot) {
		if h, ok := household.Get(s, ours); !ok || !h.Forgotten {
			t.Errorf("%+v, %v", h, ok)
		}
	})
}

func TestMembersAreBounded(t *testing.T) {
	f := open(t)
	err := form(f, ours)
	n := 0
	for ; err == nil; n++ {
		err = join(f, ours, id.Person(fmt.Sprintf("PPPPPPPPPPPPPP%c%c", 'A'+n/26, 'A'+n%26)), household.Member)
	}
	if !errors.Is(err, household.ErrFull) || n != 41 {
		t.Errorf("member %d: %v, want ErrFull at the 41st", n, err)
	}
}
