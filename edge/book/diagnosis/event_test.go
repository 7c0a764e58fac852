package diagnosis

import (
	"testing"

	"errors"

	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
	"markaz.example/edge/letter"
)

// frozen is each kind with the bytes of one value.
const name = "K5QXG43UOVZGKZDT"

var frozen = []ledgertest.Frozen{
	{Kind: "diagnosis.asked/1", Event: letter.DiagnosisAsked{ID: name, Who: "Help desk", Why: "The printer fails often"}, Body: "a301704b355158473433554f565a474b5a4454026948656c70206465736b0377546865207072696e746572206661696c73206f6674656e"},
	{Kind: "diagnosis.given/1", Event: Given{name, "text+gzip", []byte("report")}, Body: "a301704b355158473433554f565a474b5a44540269746578742b677a697003467265706f7274"},
	{Kind: "diagnosis.refused/1", Event: Refused{name}, Body: "a101704b355158473433554f565a474b5a4454"},
}

func TestFrozen(t *testing.T) { ledgertest.CheckFrozen(t, Book(), frozen) }

func FuzzBody(f *testing.F) { ledgertest.FuzzBodies(f, frozen) }

func TestChecks(t *testing.T) {
	for name, e := range map[string]ledger.Event{
		"no wish":       Refused{},
		"no report":     Given{name, "text", nil},
		"a long report": Given{name, "text", make([]byte, ReportBytesMax+1)},
		"no format":     Given{name, "", []byte("x")},
		"no reason":     letter.DiagnosisAsked{ID: name, Who: "x"},
	} {
		if e.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// Nothing is given that was not asked, and a wish is answered once.
func TestAnsweredOnce(t *testing.T) {
	f := ledgertest.Create(t, Book())
	defer f.Close(t)
	give := func() error {
		return f.Update(t.Context(), "floor", func(tx *ledger.Tx) error { return Give(tx, Given{name, "text", []byte("report")}) })
	}
	if err := give(); !errors.Is(err, ErrNotAsked) {
		t.Errorf("given unasked: %v", err)
	}
	for _, last := range "ABCDE" {
		c := letter.DiagnosisAsked{ID: id.Errand(name[:15] + string(last)), Who: "Help desk", Why: "why"}
		if err := f.Update(t.Context(), "headquarters", func(tx *ledger.Tx) error { return Ask(tx, c) }); err != nil {
			t.Fatal(err)
		}
	}
	_ = f.View(t.Context(), func(s ledger.Snapshot) error {
		if all := Open(s); len(all) != openMax || string(all[0].ID) != name[:15]+"E" {
			t.Errorf("open: %+v", all)
		}
		return nil
	})
	refuse := func() error {
		return f.Update(t.Context(), "floor", func(tx *ledger.Tx) error { return Refuse(tx, id.Errand(name[:15]+"E")) })
	}
	if err := refuse(); err != nil {
		t.Error(err)
	}
	if err := refuse(); !errors.Is(err, ErrNotAsked) {
		t.Errorf("refused twice: %v", err)
	}
}
