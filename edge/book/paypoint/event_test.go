package paypoint

import (
	"strings"
	"testing"

	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
)

// frozen is each kind with the bytes of one value.
var frozen = []ledgertest.Frozen{
	{Kind: "paypoint.changed/1", Event: Changed{"hbl/047", WhatCanPay, "no", "cash", "push"},
		Body: "a5016768626c2f303437026763616e2d70617903626e6f046463617368056470757368"},
}

func TestFrozen(t *testing.T) { ledgertest.CheckFrozen(t, Book(), frozen) }

func TestChecks(t *testing.T) {
	good := Changed{"hbl/047", WhatCash, "out", "", "ndc"}
	for name, spoil := range map[string]func(*Changed){
		"no terminal":                  func(e *Changed) { e.Terminal = "" },
		"a terminal without a bank":    func(e *Changed) { e.Terminal = "047" },
		"a terminal with a sentence":   func(e *Changed) { e.Terminal = "hbl/the one at the door" },
		"a long terminal":              func(e *Changed) { e.Terminal = "hbl/" + strings.Repeat("0", terminalBytesMax) },
		"something that is not kept":   func(e *Changed) { e.What = "journal" },
		"no value":                     func(e *Changed) { e.Now = "" },
		"a reason in words":            func(e *Changed) { e.Reason = "no cash" },
		"a source in capitals":         func(e *Changed) { e.Source = "NDC" },
		"a value longer than any code": func(e *Changed) { e.Now = strings.Repeat("a", wordBytesMax+1) },
	} {
		e := good
		spoil(&e)
		if e.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
}

// A restart of the box says again what is known, and the book does not grow.
func TestNotedOnce(t *testing.T) {
	f := ledgertest.Create(t, Book())
	defer f.Close(t)
	e := Changed{"hbl/047", WhatCanPay, "no", "cash", "push"}
	other := e
	other.Reason = "link"
	var at []uint64
	for _, e := range []Changed{e, e, other, other, e} {
		if err := f.Update(t.Context(), "box", func(tx *ledger.Tx) error { return Note(tx, e) }); err != nil {
			t.Fatal(err)
		}
		_ = f.View(t.Context(), func(s ledger.Snapshot) error {
			last, ok := Get(s, e.Terminal, e.What)
			if all := All(s); !ok || last.Changed != e || len(all) != 1 || all[0] != last || last.Time().Year() != 2026 {
				t.Errorf("last %+v, %v; all %+v", last, ok, all)
			}
			at = append(at, last.Seq)
			return nil
		})
	}
	if at[0] != at[1] || at[1] == at[2] || at[2] != at[3] || at[3] == at[4] {
		t.Errorf("recorded at %v", at)
	}
	if err := f.Update(t.Context(), "box", func(tx *ledger.Tx) error { return Note(tx, Changed{}) }); err == nil {
		t.Error("recorded nothing at all")
	}
}

func FuzzBody(f *testing.F) { ledgertest.FuzzBodies(f, frozen) }
