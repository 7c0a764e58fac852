package upkeep

import (
	"bytes"
	"testing"

	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
)

func sample() BackedUp {
	return BackedUp{Head: 123456, Hash: bytes.Repeat([]byte{1}, 32), Bytes: 1000, Sum: bytes.Repeat([]byte{2}, 32), Label: "KINGSTON"}
}

// frozen is each kind with the bytes of one value.
var frozen = []ledgertest.Frozen{
	{Kind: "box.backed-up/1", Event: sample(), Body: "a5011a0001e2400258200101010101010101010101010101010101010101010101010101010101010101031903e8045820020202020202020202020202020202020202020202020202020202020202020205684b494e4753544f4e"},
}

func TestFrozen(t *testing.T) { ledgertest.CheckFrozen(t, Book(), frozen) }

func FuzzBody(f *testing.F) { ledgertest.FuzzBodies(f, frozen) }

func TestChecks(t *testing.T) {
	for name, spoil := range map[string]func(*BackedUp){
		"of nothing":   func(e *BackedUp) { e.Head = 0 },
		"of no bytes":  func(e *BackedUp) { e.Bytes = 0 },
		"no hash":      func(e *BackedUp) { e.Hash = nil },
		"half a sum":   func(e *BackedUp) { e.Sum = e.Sum[:16] },
		"nowhere":      func(e *BackedUp) { e.Label = "" },
		"a long label": func(e *BackedUp) { e.Label = string(make([]byte, labelBytesMax+1)) },
	} {
		e := sample()
		if spoil(&e); e.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestNewest(t *testing.T) {
	f := ledgertest.Create(t, Book())
	defer f.Close(t)
	for _, where := range []string{"FIRST", "SECOND"} {
		e := sample()
		e.Label = where
		if err := f.Update(t.Context(), "box", func(tx *ledger.Tx) error { return tx.Append("", e) }); err != nil {
			t.Fatal(err)
		}
	}
	err := f.View(t.Context(), func(s ledger.Snapshot) error {
		if l, ok := Newest(s); !ok || l.Label != "SECOND" || l.Head != 123456 || l.Wall == 0 {
			t.Errorf("the newest is %+v, %v", l, ok)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
