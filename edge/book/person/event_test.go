package person

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"markaz.example/edge/civil"
	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
	"markaz.example/edge/vault"
)

// What is sealed here is no text at all.
var (
	sealed = vault.Sealed(bytes.Repeat([]byte{0xab}, 72))
	mark   = vault.Mark(bytes.Repeat([]byte{0xcd}, 32))

	registered = Registered{"A", "HHHHHHHHHHHHHHHH", civil.Female, sealed, CNIC, sealed, mark, sealed, civil.Month, []string{"sex"}}
	corrected  = Corrected{"A", FieldNumber, "paper", sealed, BForm, mark, "", "", nil, "staff/7K"}
)

var frozen = []ledgertest.Frozen{
	{Kind: "person.registered/1", Event: registered, Body: "aa016141027048484848484848484848484848484848036666656d616c65045848abababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababab0564636e6963065848abababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababab075820cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd085848abababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababab09656d6f6e74680a8163736578"},
	{Kind: "person.corrected/1", Event: corrected, Body: "aa01614102666e756d62657203657061706572045848abababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababababab0566622d666f726d065820cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd0760086009f60a6873746166662f374b"},
	{Kind: "person.looked/1", Event: Looked{"A", "VVVVVVVVVVVVVVVV", []string{FieldName, FieldBirth}, "compare"}, Body: "a40161410270565656565656565656565656565656560382646e616d656562697274680467636f6d70617265"},
	{Kind: "person.forgotten/1", Event: Forgotten{"asked"}, Body: "a1016561736b6564"},
}

func TestFrozen(t *testing.T) { ledgertest.CheckFrozen(t, Book(), frozen) }

func TestChecks(t *testing.T) {
	reg := func(change func(*Registered)) Registered { e := registered; change(&e); return e }
	cor := func(change func(*Corrected)) Corrected { e := corrected; change(&e); return e }
	for name, e := range map[string]ledger.Event{
		"no desk":                    reg(func(e *Registered) { e.Desk = "" }),
		"no household":               reg(func(e *Registered) { e.Household = "" }),
		"no sex":                     reg(func(e *Registered) { e.Sex = "" }),
		"no name":                    reg(func(e *Registered) { e.Name = nil }),
		"a name in the clear":        reg(func(e *Registered) { e.Name = vault.Sealed("Amina Bibi") }),
		"a number in the clear":      reg(func(e *Registered) { e.Number = vault.Sealed("6110112345678") }),
		"a number without a mark":    reg(func(e *Registered) { e.Mark = nil }),
		"a mark without a number":    reg(func(e *Registered) { e.Number, e.NumberKind = nil, "" }),
		"a mark cut short":           reg(func(e *Registered) { e.Mark = e.Mark[:31] }),
		"a number of no kind":        reg(func(e *Registered) { e.NumberKind = "" }),
		"another kind of number":     reg(func(e *Registered) { e.NumberKind = "passport" }),
		"a birth date of no kind":    reg(func(e *Registered) { e.Precision = "" }),
		"a kind of no birth date":    reg(func(e *Registered) { e.Birth = nil }),
		"a birth date in the clear":  reg(func(e *Registered) { e.Birth = vault.Sealed("2025-03-14") }),
		"confirmed in words":         reg(func(e *Registered) { e.Confirmed = []string{"She is sure"} }),
		"confirmed without end":      reg(func(e *Registered) { e.Confirmed = slices.Repeat([]string{"a"}, codesMax+1) }),
		"a correction for no reason": cor(func(e *Corrected) { e.Reason = "" }),
		"a correction of nothing":    cor(func(e *Corrected) { e.What = "" }),
		"a correction to nothing":    cor(func(e *Corrected) { e.Sealed, e.NumberKind, e.Mark = nil, "", nil }),
		"a name with a mark":         cor(func(e *Corrected) { e.What = FieldName }),
		"a birth date of no kind 2":  Corrected{Desk: "A", What: FieldBirth, Reason: "paper", Sealed: sealed},
		"a birth date of nothing":    Corrected{Desk: "A", What: FieldBirth, Reason: "paper", Precision: civil.Exact},
		"a sex that is sealed":       Corrected{Desk: "A", What: FieldSex, Reason: "paper", Sealed: sealed, Sex: civil.Male},
		"a sex of none":              Corrected{Desk: "A", What: FieldSex, Reason: "paper"},
		"a name to nothing":          Corrected{Desk: "A", What: FieldName, Reason: "paper"},
		"approved by a crowd":        cor(func(e *Corrected) { e.Approved = strings.Repeat("x", whoBytesMax+1) }),
		"a look at nothing":          Looked{"A", "VVVVVVVVVVVVVVVV", nil, "compare"},
		"a look at the sex":          Looked{"A", "VVVVVVVVVVVVVVVV", []string{FieldSex}, "compare"},
		"a look for no reason":       Looked{"A", "VVVVVVVVVVVVVVVV", []string{FieldName}, ""},
		"a look for nobody":          Looked{"A", "", []string{FieldName}, "compare"},
		"forgotten in words":         Forgotten{"She asked"},
	} {
		if e.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	for name, e := range map[string]ledger.Event{
		"with nothing but a name": reg(func(e *Registered) {
			e.NumberKind, e.Number, e.Mark, e.Birth, e.Precision, e.Confirmed = "", nil, nil, nil, "", nil
		}),
		"a name":       Corrected{Desk: "A", What: FieldName, Reason: "typing", Sealed: sealed},
		"a birth date": Corrected{Desk: "A", What: FieldBirth, Reason: "typing", Sealed: sealed, Precision: civil.Exact},
		"a sex":        Corrected{Desk: "A", What: FieldSex, Reason: "typing", Sex: civil.Male},
	} {
		if err := e.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzBody(f *testing.F) { ledgertest.FuzzBodies(f, frozen) }
