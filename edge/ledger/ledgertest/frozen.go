package ledgertest

import (
	"bytes"
	"encoding/hex"
	"reflect"
	"testing"

	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
)

// Frozen is a kind with the bytes of one value. Once released these never change: old records must be read for ever.
type Frozen struct {
	Kind  chain.Kind
	Event ledger.Event
	Body  string // in hex; leave it empty to be told
}

// CheckFrozen holds every kind of a book to its frozen bytes.
func CheckFrozen(t *testing.T, book ledger.Book, frozen []Frozen) {
	t.Helper()
	for _, f := range frozen {
		if got := f.Event.Kind(); got != f.Kind {
			t.Errorf("kind %s, want %s", got, f.Kind)
		}
		if err := f.Event.Check(); err != nil {
			t.Errorf("%s: %v", f.Kind, err)
		}
		body, err := chain.EncodeBody(f.Event)
		if got := hex.EncodeToString(body); err != nil || got != f.Body {
			t.Errorf("%s: got %s, %v, want %s", f.Kind, got, err, f.Body)
		}
	}
	if got := len(book.Kinds); got != len(frozen) {
		t.Errorf("the book has %d kinds, %d are frozen here", got, len(frozen))
	}
}

// FuzzBodies reads arbitrary bytes as the body of each kind. What is accepted comes back the same when written and read
// once more.
func FuzzBodies(f *testing.F, frozen []Frozen) {
	for i, k := range frozen {
		body, err := hex.DecodeString(k.Body)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), body)
	}
	f.Fuzz(func(t *testing.T, kind uint8, body []byte) {
		shape := reflect.TypeOf(frozen[int(kind)%len(frozen)].Event)
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
