package visit

import (
	"strings"
	"testing"

	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
)

// frozen is each kind with the bytes of one value.
var frozen = []ledgertest.Frozen{
	{Kind: "visit.day-opened/1", Event: DayOpened{"2026-11-22"}, Body: "a1016a323032362d31312d3232"},
	{Kind: "visit.opened/1", Event: Opened{"K001", "AAAAAAAAAAAAAAAA", []id.Service{"kafaalat", "nashonuma"}, "ur"},
		Body: "a401644b3030310270414141414141414141414141414141410382686b616661616c6174696e6173686f6e756d6104627572"},
	{Kind: "visit.issued/1", Event: Issued{}, Body: "a0"},
	{Kind: "visit.called/1", Event: Called{"A", 1}, Body: "a20161410201"},
	{Kind: "visit.recalled/1", Event: Recalled{"A", 1}, Body: "a20161410201"},
	{Kind: "visit.confirmed/1", Event: Confirmed{"A", 1}, Body: "a20161410201"},
	{Kind: "visit.finished/1", Event: Finished{"A", 1, "done"}, Body: "a301614102010364646f6e65"},
	{Kind: "visit.no-show/1", Event: NoShow{"A", 1}, Body: "a20161410201"},
	{Kind: "visit.left/1", Event: Left{"day-end"}, Body: "a101676461792d656e64"},
	{Kind: "visit.restored/1", Event: Restored{}, Body: "a0"},
}

func TestFrozen(t *testing.T) { ledgertest.CheckFrozen(t, Book(), frozen) }

func TestChecks(t *testing.T) {
	opened := func(change func(*Opened)) Opened {
		e := Opened{"K001", "AAAAAAAAAAAAAAAA", []id.Service{"kafaalat"}, "ur"}
		change(&e)
		return e
	}
	tests := []struct {
		name  string
		event ledger.Event
	}{
		{"no day", DayOpened{}},
		{"a day that is not", DayOpened{"2026-02-30"}},
		{"a day in another form", DayOpened{"2026-2-3"}},
		{"no token", opened(func(e *Opened) { e.Token = "" })},
		{"token 000", opened(func(e *Opened) { e.Token = "K000" })},
		{"letter O", opened(func(e *Opened) { e.Token = "O001" })},
		{"no code", opened(func(e *Opened) { e.Code = "" })},
		{"no stops", opened(func(e *Opened) { e.Stops = nil })},
		{"too many stops", opened(func(e *Opened) { e.Stops = make([]id.Service, StopsMax+1) })},
		{"a stop twice", opened(func(e *Opened) { e.Stops = []id.Service{"kafaalat", "kafaalat"} })},
		{"a stop of nonsense", opened(func(e *Opened) { e.Stops = []id.Service{"Kafaalat/1"} })},
		{"no language", opened(func(e *Opened) { e.Lang = "" })},
		{"a long language", opened(func(e *Opened) { e.Lang = "urdu" })},
		{"no desk", Called{"", 0}},
		{"stop 8", Called{"A", StopsMax}},
		{"stop 8 again", Recalled{"A", StopsMax}},
		{"stop 8 here", Confirmed{"A", StopsMax}},
		{"stop 8 not here", NoShow{"A", StopsMax}},
		{"no outcome", Finished{"A", 0, ""}},
		{"an outcome in words", Finished{"A", 0, "All done"}},
		{"no reason", Left{}},
		{"a long reason", Left{strings.Repeat("a", wordBytesMax+1)}},
	}
	for _, tt := range tests {
		if tt.event.Check() == nil {
			t.Errorf("%s: accepted", tt.name)
		}
	}
}

func FuzzBody(f *testing.F) { ledgertest.FuzzBodies(f, frozen) }
