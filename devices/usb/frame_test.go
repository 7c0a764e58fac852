package usb

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"markaz.example/devices/port"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

// sameCall compares what is in a frame, where nothing and an empty piece look the same.
var sameCall = []cmp.Option{cmp.AllowUnexported(call{}, answer{}), cmpopts.EquateEmpty()}

// calls is one of each request.
func calls() map[string]call {
	return map[string]call{
		"list of printers": {op: opList, number: 1},
		"list":             {op: opList, number: 2, selector: Selector{IDs: []ID{{0x05ba, 0x0007}, {0x05ba, 0x000a}}}},
		"open the only":    {op: opOpen, number: 3, kind: Print},
		"open by all":      {op: opOpen, number: 4, kind: Raw, selector: Selector{Path: "1-2.4", Serial: "J3X0", IDs: []ID{{0x05ba, 0x000a}}}},
		"control in":       {op: opControl, number: 5, wait: time.Second, request: Request{0xa1, 1, 0, 3}, length: 1},
		"control out":      {op: opControl, number: 6, wait: time.Second, request: Request{0x40, 4, 0x1234, 0x5678}, length: 2, data: []byte{8, 9}},
		"read":             {op: opRead, number: 7, wait: 250 * time.Millisecond, endpoint: 0x82, length: 111_424},
		"read for ever":    {op: opRead, number: 8, endpoint: 0x81, length: 64},
		"write":            {op: opWrite, number: 9, wait: 2 * time.Second, endpoint: 1, length: 3, data: []byte("\x1b@\n")},
		"cancel":           {op: opCancel, number: 8},
		"close":            {op: opClose, number: 1<<32 - 1},
	}
}

func answers() map[string]answer {
	return map[string]answer{
		"done":          {number: 9, count: 3},
		"read":          {number: 7, count: 2, data: []byte{0x12, 0x34}},
		"quiet":         answer{number: 8}.with(port.ErrQuiet),
		"gone half way": answer{number: 9, count: 90_112}.with(port.ErrGone),
		"busy":          answer{number: 3}.with(port.ErrBusy),
		"failed":        answer{number: 3}.with(errors.New("strange")),
	}
}

// vector is a frame, and for a bad one what is wrong with it.
type vector struct {
	Name  string `json:"name"`
	Kind  string `json:"kind"` // "request" or "answer"
	Hex   string `json:"hex"`
	Wrong string `json:"wrong,omitempty"`
}

// spoiled are frames that must be refused.
func spoiled() []vector {
	return []vector{
		{"", "request", "0000000401000000", "shorter than a head"},
		{"", "request", "000000050000000001", "kind 0"},
		{"", "request", "000000060100000001", "the frame is cut"},
		{"", "request", "00000006010000000111", "17 ids"},
		{"", "request", "0000000801000000010105ba", "half an id"},
		{"", "request", "00000009020000000103000000", "no such kind of interface"},
		{"", "request", "0000000e04000000018100000000" + "00000000", "a read of nothing"},
		{"", "request", "0000000e04000000018100000000" + "00020001", "a read longer than any transfer"},
		{"", "request", "0000000a05000000010100000000", "a write of nothing"},
		{"", "request", "0000000606000000010a", "a byte too many"},
		{"", "request", "000000110300000001400400000000000000000002" + "", "control data missing"},
		{"", "answer", "0000000b80000000010000000000ff", "the frame is cut"},
		{"", "answer", "0000000c8000000001ff000000000000", "an error that is not known"},
		{"", "answer", "0000000c800000000100ffffffff0000", "a count above any transfer"},
		{"", "answer", "0000000c010000000100000000000000", "no answer"},
	}
}

func vectors() []vector {
	var all []vector
	for _, name := range slices.Sorted(maps.Keys(calls())) {
		all = append(all, vector{name, "request", hex.EncodeToString(calls()[name].encode()), ""})
	}
	for _, name := range slices.Sorted(maps.Keys(answers())) {
		all = append(all, vector{name, "answer", hex.EncodeToString(answers()[name].encode()), ""})
	}
	return append(all, spoiled()...)
}

func TestVectors(t *testing.T) {
	const file = "testdata/vectors.json"
	var want []vector
	b, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(b, &want)
	}
	if diff := cmp.Diff(want, vectors()); *update && diff != "" {
		writeVectors(t, file)
		return
	} else if diff != "" || err != nil {
		t.Fatalf("%v; if the format is meant to change, run with -update: -want +got\n%s", err, diff)
	}
	for _, v := range want {
		raw, err := hex.DecodeString(v.Hex)
		if err != nil {
			t.Fatal(err)
		}
		if err := accept(v.Kind, raw); (err == nil) != (v.Wrong == "") {
			t.Errorf("%s %q (%s): %v", v.Kind, v.Name, v.Wrong, err)
		}
	}
}

func writeVectors(t *testing.T, file string) {
	b, err := json.MarshalIndent(vectors(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(b, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func accept(kind string, raw []byte) error {
	r := bytes.NewReader(raw)
	frame, err := readFrame(r)
	switch {
	case err != nil:
		return err
	case r.Len() > 0:
		return errors.New("bytes are left over")
	case kind == "answer":
		_, err = decodeAnswer(frame)
	default:
		_, err = decodeCall(frame)
	}
	return err
}

func TestCallsPassUnchanged(t *testing.T) {
	for name, want := range calls() {
		got, err := decodeCall(want.encode()[4:])
		if diff := cmp.Diff(want, got, sameCall...); diff != "" || err != nil {
			t.Errorf("%s: %v, -want +got\n%s", name, err, diff)
		}
	}
}

func TestAnswersPassUnchanged(t *testing.T) {
	for name, want := range answers() {
		got, err := decodeAnswer(want.encode()[4:])
		if diff := cmp.Diff(want, got, sameCall...); diff != "" || err != nil {
			t.Errorf("%s: %v, -want +got\n%s", name, err, diff)
		}
	}
}

// TestErrorsKeepTheirMeaning: over the socket each error that a caller branches on is the same error, in its own words.
func TestErrorsKeepTheirMeaning(t *testing.T) {
	for _, meaning := range meanings[2:] {
		err := answer{}.with(&told{meaning, "at 1-2: " + meaning.Error()}).err()
		if !errors.Is(err, meaning) || err.Error() != "at 1-2: "+meaning.Error() {
			t.Errorf("%v became %v", meaning, err)
		}
	}
	if err := (answer{}.with(errors.New(strings.Repeat("x", 2000))).err()); !errors.Is(err, meanings[1]) || len(err.Error()) != textBytesMax {
		t.Errorf("an unknown error became %v", err)
	}
	if err := (answer{code: 3}).err(); err.Error() != port.ErrGone.Error() {
		t.Errorf("an error without words became %q", err)
	}
}

func TestFrameBounds(t *testing.T) {
	largest := call{op: opWrite, number: 1, endpoint: 1, data: make([]byte, transferBytesMax)}
	if _, err := readFrame(bytes.NewReader(largest.encode())); err != nil {
		t.Errorf("the largest write: %v", err)
	}
	full := answer{data: make([]byte, transferBytesMax), text: strings.Repeat("x", textBytesMax)}
	if frame := full.encode(); len(frame) != 4+frameBytesMax {
		t.Errorf("the largest answer has %d bytes, the limit is made for %d", len(frame)-4, frameBytesMax)
	}
	if _, err := readFrame(bytes.NewReader([]byte{0, 3, 0, 0})); !errors.Is(err, ErrProtocol) {
		t.Errorf("a frame above the limit: %v", err)
	}
	if _, err := readFrame(bytes.NewReader(nil)); err != io.EOF {
		t.Errorf("no frame: %v", err)
	}
}

func TestGreeting(t *testing.T) {
	newer := greeting
	newer[7]++
	for name, tt := range map[string]struct {
		theirs []byte
		want   string
	}{
		"ours":        {greeting[:], ""},
		"newer":       {newer[:], "restart markaz and markaz-usb"},
		"another":     {[]byte("GET / HT"), "not the protocol"},
		"not in full": {greeting[:3], "unexpected EOF"},
	} {
		err := heard(bytes.NewReader(tt.theirs))
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

func FuzzCall(f *testing.F) {
	for _, c := range calls() {
		f.Add(c.encode()[4:])
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		c, err := decodeCall(frame)
		if err != nil {
			if !errors.Is(err, ErrProtocol) || !cmp.Equal(c, call{}, sameCall...) {
				t.Fatalf("%+v, %v", c, err)
			}
			return
		}
		if !bytes.Equal(c.encode()[4:], frame) {
			t.Fatalf("%x became %x", frame, c.encode()[4:])
		}
	})
}

func FuzzAnswer(f *testing.F) {
	for _, a := range answers() {
		f.Add(a.encode()[4:])
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		a, err := decodeAnswer(frame)
		if err != nil {
			if !errors.Is(err, ErrProtocol) || !cmp.Equal(a, answer{}, sameCall...) {
				t.Fatalf("%+v, %v", a, err)
			}
			return
		}
		if a.err() != nil && (a.code == 0 || a.err().Error() == "") {
			t.Fatalf("code %d is error %q", a.code, a.err())
		}
		if !bytes.Equal(a.encode()[4:], frame) {
			t.Fatalf("%x became %x", frame, a.encode()[4:])
		}
	})
}

func FuzzDevices(f *testing.F) {
	f.Add([]byte(`[{"path":"1-2.4","vendor":1208,"product":514,"kind":"printer","interface":{"class":7,"endpoints":[{"address":1,"transfer":"bulk","packet":64}]},"id":{}}]`))
	f.Add([]byte(`[{"serial":"\u001b[2J","kind":"raw","id":{"model":"\u0007","commands":["\u0000"]}}]`))
	f.Add([]byte(`[{"interface":{"endpoints":[{"packet":-1}]}}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		devices, err := parseDevices(data)
		if err != nil {
			if !errors.Is(err, ErrProtocol) || devices != nil {
				t.Fatalf("%v, %v", devices, err)
			}
			return
		}
		for _, d := range devices {
			for _, s := range append(d.ID.Commands, d.Path, d.Serial, d.ID.Model, d.ID.Class) {
				if s != Printable(s) {
					t.Fatalf("%q would reach a screen", s)
				}
			}
			for _, e := range d.Interface.Endpoints {
				if e.Packet < 0 || e.Packet > packetBytesMax {
					t.Fatalf("a packet of %d bytes", e.Packet)
				}
			}
		}
	})
}
