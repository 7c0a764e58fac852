package check

import (
	"testing"

	"errors"
	"fmt"

	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
	"markaz.example/edge/letter"
)

// frozen is each kind with the bytes of one value.
const name = "K5QXG43UOVZGKZDT"

func answer() letter.CheckAnswered {
	return letter.CheckAnswered{ID: name, Result: "eligible", Source: "a person at headquarters", Wall: 1795500000000, Cached: true}
}

var frozen = []ledgertest.Frozen{
	{Kind: "check.asked/1", Event: Asked{name, "eligible", "go-on"}, Body: "a301704b355158473433554f565a474b5a44540268656c696769626c650365676f2d6f6e"},
	{Kind: "check.answered/1", Event: answer(), Body: "a501704b355158473433554f565a474b5a44540268656c696769626c650378186120706572736f6e20617420686561647175617274657273041b000001a20c23c30005f5"},
}

func TestFrozen(t *testing.T) { ledgertest.CheckFrozen(t, Book(), frozen) }

func FuzzBody(f *testing.F) { ledgertest.FuzzBodies(f, frozen) }

func TestChecks(t *testing.T) {
	for name, e := range map[string]ledger.Event{
		"no question":    Asked{"", "eligible", "go-on"},
		"about nothing":  Asked{name, "", "go-on"},
		"nothing to do":  Asked{name, "eligible", ""},
		"no result":      letter.CheckAnswered{ID: name, Source: "x", Wall: 1},
		"no source":      letter.CheckAnswered{ID: name, Result: "x", Wall: 1},
		"without a date": letter.CheckAnswered{ID: name, Result: "x", Source: "x"},
	} {
		if e.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// A question is open until it is answered, once; the view keeps the newest answers.
func TestAnsweredOnce(t *testing.T) {
	f := ledgertest.Create(t, Book())
	defer f.Close(t)
	for i := range answeredKept + 3 {
		c := answer()
		c.ID = errandOf(i)
		err := f.Update(t.Context(), "desk/A", func(tx *ledger.Tx) error { return Ask(tx, "visit", Asked{c.ID, "eligible", "go-on"}) })
		if err != nil {
			t.Fatal(err)
		}
		finish := func() error {
			return f.Update(t.Context(), "headquarters", func(tx *ledger.Tx) error { return Finish(tx, c) })
		}
		if err := finish(); err != nil {
			t.Fatal(err)
		}
		if err := finish(); !errors.Is(err, ErrQuestion) {
			t.Fatalf("answered twice: %v", err)
		}
	}
	_ = f.View(t.Context(), func(s ledger.Snapshot) error {
		all := Answered(s)
		last := all[len(all)-1]
		if len(all) != answeredKept || len(Open(s)) != 0 || last.ID != errandOf(answeredKept+2) || last.Subject != "visit" || last.Answer.Result != "eligible" {
			t.Errorf("%d answered, %d open, last %+v", len(all), len(Open(s)), last)
		}
		return nil
	})
}

func errandOf(i int) id.Errand {
	return id.Errand(fmt.Sprintf("K5QXG43UOVZGK%c%c%c", 'A'+i/400, 'A'+i/20%20, 'A'+i%20))
}
