package update

import (
	"strings"
	"testing"

	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
)

var frozen = []ledgertest.Frozen{
	{Kind: "box.updated/1", Event: Updated{3, "0.1", "0.2", ResultReturned, "it does not serve"}, Body: "a501030263302e310363302e32046872657475726e65640571697420646f6573206e6f74207365727665"},
}

func TestFrozen(t *testing.T) { ledgertest.CheckFrozen(t, Book(), frozen) }

func FuzzBody(f *testing.F) { ledgertest.FuzzBodies(f, frozen) }

func TestChecks(t *testing.T) {
	for name, e := range map[string]Updated{
		"no number":      {0, "0.1", "0.2", ResultUpdated, ""},
		"no result":      {1, "0.1", "0.2", "", ""},
		"a long version": {1, "0.1", strings.Repeat("1", 81), ResultUpdated, ""},
		"a long reason":  {1, "0.1", "0.2", ResultReturned, strings.Repeat("x", 201)},
	} {
		if e.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// TestAnOutcomeIsRecordedOnce: the box reads it at every start.
func TestAnOutcomeIsRecordedOnce(t *testing.T) {
	f := ledgertest.Create(t, Book())
	defer f.Close(t)
	for _, reason := range []string{"a", "a", strings.Repeat("ا", 300), strings.Repeat("ا", 300), "b"} {
		e := Updated{1, "0.1", "0.2", ResultReturned, reason}
		if err := f.Update(t.Context(), "box", func(tx *ledger.Tx) error { return Record(tx, e) }); err != nil {
			t.Fatal(err)
		}
	}
	if got := f.Acknowledged().Seq; got != 4 { // the start, and three
		t.Errorf("head is %d", got)
	}
}
