package visit

import (
	"bytes"
	"encoding/hex"
	"reflect"
	"strings"
	"testing"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// frozen is each kind with the bytes of one value. Once released these never change: old records must be read for ever.
var frozen = []struct {
	kind  chain.Kind
	event ledger.Event
	body  string
}{
	{"visit.day-opened/1", DayOpened{"2026-11-22"}, "a1016a323032362d31312d3232"},
	{"visit.opened/1", Opened{"K001", "AAAAAAAAAAAAAAAA", []id.Service{"kafaalat", "nashonuma"}, "ur"},
		"a401644b3030310270414141414141414141414141414141410382686b616661616c6174696e6173686f6e756d6104627572"},
	{"visit.issued/1", Issued{}, "a0"},
	{"visit.called/1", Called{"A", 1}, "a20161410201"},
	{"visit.recalled/1", Recalled{"A", 1}, "a20161410201"},
	{"visit.confirmed/1", Confirmed{"A", 1}, "a20161410201"},
	{"visit.finished/1", Finished{"A", 1, "done"}, "a301614102010364646f6e65"},
	{"visit.no-show/1", NoShow{"A", 1}, "a20161410201"},
	{"visit.left/1", Left{"day-end"}, "a101676461792d656e64"},
}

func TestFrozen(t *testing.T) {
	for _, f := range frozen {
		if got := f.event.Kind(); got != f.kind {
			t.Errorf("kind %s, want %s", got, f.kind)
		}
		if err := f.event.Check(); err != nil {
			t.Errorf("%s: %v", f.kind, err)
		}
		body, err := chain.EncodeBody(f.event)
		if got := hex.EncodeToString(body); err != nil || got != f.body {
			t.Errorf("%s: got %s, %v, want %s", f.kind, got, err, f.body)
		}
	}
	if got := len(Book().Kinds); got != len(frozen) {
		t.Errorf("the book has %d kinds, %d are frozen here", got, len(frozen))
	}
}

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

// FuzzBody reads arbitrary bytes as the body of each kind. What is accepted comes back the same when written and read
// once more.
func FuzzBody(f *testing.F) {
	for i, k := range frozen {
		body, err := hex.DecodeString(k.body)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), body)
	}
	f.Fuzz(func(t *testing.T, kind uint8, body []byte) {
		shape := reflect.TypeOf(frozen[int(kind)%len(frozen)].event)
		first, ok := decode(shape, body)
		if !ok {
			return
		}
		written, err := chain.EncodeBody(first)
		if err != nil {
			t.Fatalf("%+v was read and cannot be written: %v", first, err)
		}
		second, ok := decode(shape, written)
		if !ok || !reflect.DeepEqual(first, second) {
			t.Fatalf("%+v came back as %+v", first, second)
		}
		if again, err := chain.EncodeBody(second); err != nil || !bytes.Equal(again, written) {
			t.Fatalf("%+v is written in two ways", second)
		}
	})
}

func decode(shape reflect.Type, body []byte) (ledger.Event, bool) {
	e := reflect.New(shape)
	if chain.DecodeBody(body, e.Interface()) != nil {
		return nil, false
	}
	event := e.Elem().Interface().(ledger.Event)
	return event, event.Check() == nil
}
