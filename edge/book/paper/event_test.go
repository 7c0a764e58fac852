package paper

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

const job = id.Job("JJJJJJJJJJJJJJJJ")

// frozen is each kind with the bytes of one value. Once released these never change: old records must be read for ever.
var frozen = []struct {
	kind  chain.Kind
	event ledger.Event
	body  string
}{
	{"paper.queued/1", Queued{job, "token"}, "a201704a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a0265746f6b656e"},
	{"paper.started/1", Started{job, "printer/1", 2}, "a301704a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a02697072696e7465722f310302"},
	{"paper.printed/1", Printed{job}, "a101704a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a"},
	{"paper.failed/1", Failed{job, "paper-out", true, false},
		"a401704a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a026970617065722d6f757403f504f4"},
	{"paper.asked/1", Asked{job, true}, "a201704a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a02f5"},
	{"paper.withdrawn/1", Withdrawn{job, "day-end"}, "a201704a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a02676461792d656e64"},
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
	long := strings.Repeat("a", printerBytesMax+1)
	tests := []struct {
		name  string
		event ledger.Event
	}{
		{"queued without a job", Queued{"", "token"}},
		{"queued without a form", Queued{job, ""}},
		{"a form in words", Queued{job, "The token"}},
		{"started without a job", Started{"", "printer/1", 1}},
		{"started without a printer", Started{job, "", 1}},
		{"a printer of 65 bytes", Started{job, long, 1}},
		{"attempt 0", Started{job, "printer/1", 0}},
		{"printed without a job", Printed{}},
		{"failed without a job", Failed{Reason: ReasonFault}},
		{"failed without a reason", Failed{Job: job}},
		{"a long reason", Failed{Job: job, Reason: long}},
		{"again what may be out", Failed{job, ReasonFault, false, true}},
		{"asked without a job", Asked{}},
		{"withdrawn without a reason", Withdrawn{Job: job}},
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
