package post

import (
	"testing"

	"errors"

	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
)

// frozen is each kind with the bytes of one value.
var frozen = []ledgertest.Frozen{
	{Kind: "post.received/1", Event: Received{7, "lease.granted/1", ""}, Body: "a30107026f6c656173652e6772616e7465642f310360"},
}

func TestFrozen(t *testing.T) { ledgertest.CheckFrozen(t, Book(), frozen) }

func FuzzBody(f *testing.F) { ledgertest.FuzzBodies(f, frozen) }

func TestChecks(t *testing.T) {
	for name, e := range map[string]Received{
		"no number":          {0, "lease.granted/1", ""},
		"no kind":            {1, "", ""},
		"a kind with a line": {1, "a\nb", ""},
		"a fate in words":    {1, "a.b/1", "Not understood"},
	} {
		if e.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// Letters follow one another; what is not understood is remembered by its kind.
func TestCursor(t *testing.T) {
	f := ledgertest.Create(t, Book())
	defer f.Close(t)
	take := func(number uint64, kind, fate string) error {
		return f.Update(t.Context(), "headquarters", func(tx *ledger.Tx) error {
			return errors.Join(Next(tx, number), tx.Append("", Received{number, kind, fate}))
		})
	}
	if err := take(2, "a.b/1", ""); !errors.Is(err, ErrGap) {
		t.Errorf("the second before the first: %v", err)
	}
	for n := range uint64(3) {
		if err := take(n+1, "a.b/1", []string{"", FateUnknown, ""}[n]); err != nil {
			t.Fatal(err)
		}
	}
	if err := take(2, "a.b/1", ""); !errors.Is(err, ErrHad) {
		t.Errorf("the second once more: %v", err)
	}
	_ = f.View(t.Context(), func(s ledger.Snapshot) error {
		if got := Last(s); got.Number != 3 || len(Kinds(s, FateUnknown)) != 1 || len(Kinds(s, FateUnreadable)) != 0 {
			t.Errorf("stands at %+v, unknown %v", got, Kinds(s, FateUnknown))
		}
		return nil
	})
}
