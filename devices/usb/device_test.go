package usb

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func face(number, alternate int, protocol Protocol, endpoints ...Endpoint) Setting {
	return Setting{
		Config: 1, Number: number, Alternate: alternate,
		Class: classPrinter, SubClass: subClassPrinter, Protocol: protocol, Endpoints: endpoints,
	}
}

func bulk(address uint8) Endpoint { return Endpoint{Address: address, Transfer: Bulk, Packet: 64} }
func interrupt(address uint8) Endpoint {
	return Endpoint{Address: address, Transfer: Interrupt, Packet: 8}
}

func TestPipes(t *testing.T) {
	otherClass, otherSubClass := face(0, 0, 2, bulk(1)), face(0, 0, 2, bulk(1))
	otherClass.Class, otherSubClass.SubClass = 3, 2
	type pipes struct {
		Out, In uint8
		OK      bool
	}
	tests := []struct {
		name string
		in   Setting
		want pipes
	}{
		{"other class", otherClass, pipes{}},
		{"other subclass", otherSubClass, pipes{}},
		{"protocol 0", face(0, 0, 0, bulk(1)), pipes{}},
		{"protocol 4", face(0, 0, 4, bulk(1)), pipes{}},
		{"no way out", face(0, 0, 2, bulk(0x81)), pipes{In: 0x81}},
		{"interrupt only", face(0, 0, 2, interrupt(1)), pipes{}},
		{"both ways", face(0, 0, 2, bulk(0x82), bulk(3)), pipes{3, 0x82, true}},
		{"one way has no answers", face(0, 0, 1, bulk(1), bulk(0x81)), pipes{1, 0, true}},
		{"both ways without IN", face(0, 0, 2, bulk(2)), pipes{2, 0, true}},
		{"lowest of several", face(0, 0, 2, bulk(3), bulk(2), bulk(0x83), bulk(0x81)), pipes{2, 0x81, true}},
	}
	for _, tt := range tests {
		out, in, ok := tt.in.Pipes()
		if diff := cmp.Diff(tt.want, pipes{out, in, ok}); diff != "" {
			t.Errorf("%s: -want +got\n%s", tt.name, diff)
		}
	}
}

func TestDescribe(t *testing.T) {
	reader, empty := face(0, 1, 0, interrupt(0x81)), face(0, 0, 0)
	reader.Class, empty.Class = 0xff, 0xff
	packets, oneWay, bothWay := face(0, 2, 3, bulk(1)), face(0, 0, 1, bulk(1)), face(0, 1, 2, bulk(1), bulk(0x81))
	asked := []ID{{1, 1}, {0x05ba, 0x000a}}
	type found struct {
		Kind      Kind
		Interface Setting
	}
	tests := []struct {
		name string
		in   []Setting
		raw  []ID
		want []found
	}{
		{"nothing", nil, asked, nil},
		{"raw, not asked for", []Setting{reader}, nil, nil},
		{"raw", []Setting{reader}, asked, []found{{Raw, reader}}},
		{"raw, first setting with endpoints", []Setting{empty, reader, face(0, 2, 0, bulk(2))}, asked, []found{{Raw, reader}}},
		{"raw without endpoints", []Setting{empty}, asked, []found{{Raw, empty}}},
		{"a printer needs no asking", []Setting{oneWay}, nil, []found{{Print, oneWay}}},
		{"a printer that was asked for stays one", []Setting{oneWay}, asked, []found{{Print, oneWay}}},
		{"best alternate", []Setting{oneWay, bothWay, packets}, nil, []found{{Print, bothWay}}},
		{"packets if nothing else", []Setting{packets}, nil, []found{{Print, packets}}},
		{
			"two interfaces in any order", []Setting{face(2, 0, 2, bulk(2)), reader, face(1, 0, 2, bulk(1))}, asked,
			[]found{{Raw, reader}, {Print, face(1, 0, 2, bulk(1))}, {Print, face(2, 0, 2, bulk(2))}},
		},
	}
	for _, tt := range tests {
		var got []found
		for _, d := range Describe(Device{Path: "1-1", Vendor: 0x05ba, Product: 0x000a}, tt.in, tt.raw) {
			got = append(got, found{d.Kind, d.Interface})
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", tt.name, diff)
		}
	}
}

// TestDescribeProperties: whatever the descriptors, a printer found has a way out, ends point the right way, and an
// interface is found at most once.
func TestDescribeProperties(t *testing.T) {
	endpoints := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Endpoint {
		return Endpoint{rapid.Uint8().Draw(t, "address"), rapid.SampledFrom([]Transfer{Bulk, Interrupt}).Draw(t, "transfer"), 64}
	}), 0, 4)
	settings := rapid.SliceOf(rapid.Custom(func(t *rapid.T) Setting {
		s := face(rapid.IntRange(0, 2).Draw(t, "number"), rapid.IntRange(0, 2).Draw(t, "alternate"),
			Protocol(rapid.Uint8Range(0, 4).Draw(t, "protocol")), endpoints.Draw(t, "endpoints")...)
		s.Class = rapid.Uint8Range(6, 8).Draw(t, "class")
		return s
	}))
	rapid.Check(t, func(t *rapid.T) {
		seen := map[int]bool{}
		for _, d := range Describe(Device{}, settings.Draw(t, "settings"), []ID{{}}) {
			if seen[d.Interface.Number] {
				t.Fatalf("interface %d found twice", d.Interface.Number)
			}
			seen[d.Interface.Number] = true
			out, in, ok := d.Interface.Pipes()
			if ok != (d.Kind == Print) || ok && out == 0 || out&directionIn != 0 || in != 0 && in&directionIn == 0 {
				t.Fatalf("%s with endpoints out %02x, in %02x", d.Kind, out, in)
			}
		}
	})
}

func TestID(t *testing.T) {
	for text, want := range map[string]ID{"05ba:000a": {0x05ba, 0x000a}, "04B8:0202": {0x04b8, 0x0202}} {
		if got, err := ParseID(text); got != want || err != nil {
			t.Errorf("%q: got %v, error %v", text, got, err)
		}
	}
	for _, text := range []string{"", "05ba", "05ba000a", "05ba:a", "5ba:000a", "05ba:000g", "05ba:000a:", "05:ba000a", "05ba:0:0a"} {
		if got, err := ParseID(text); err == nil {
			t.Errorf("%q: got %v, want an error", text, got)
		}
	}
}

func TestParseSelector(t *testing.T) {
	for text, want := range map[string]Selector{
		"": {}, "only": {}, "1-2.4": {Path: "1-2.4"}, "12-1": {Path: "12-1"}, "05ba:000a": {IDs: []ID{{0x05ba, 0x000a}}},
		"J3X0": {Serial: "J3X0"}, "serial=1-2": {Serial: "1-2"}, "1-2-3": {Serial: "1-2-3"}, "1-": {Serial: "1-"}, "A-1": {Serial: "A-1"},
	} {
		got, err := ParseSelector(text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q: error %v, -want +got\n%s", text, err, diff)
		}
	}
	for _, text := range []string{" J3X0", "a\x00b", string(make([]byte, 300))} {
		if got, err := ParseSelector(text); err == nil {
			t.Errorf("%q: got %v, want an error", text, got)
		}
	}
}

// FuzzParseSelector: what is taken names one thing at the most, in a length that fits a call, and a serial number can
// always be forced.
func FuzzParseSelector(f *testing.F) {
	f.Add("1-2.4")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSelector(text)
		if err != nil {
			return
		}
		if named := len(s.IDs) + min(len(s.Path), 1) + min(len(s.Serial), 1); named > 1 {
			t.Errorf("%q names %d things: %+v", text, named, s)
		}
		if len(s.Path)+len(s.Serial) > selectorBytesMax {
			t.Errorf("%d bytes are taken", len(text))
		}
		if forced, err := ParseSelector("serial=" + s.Serial); s.Serial != "" && len("serial="+s.Serial) <= selectorBytesMax && (err != nil || forced.Serial != s.Serial) {
			t.Errorf("serial number %q, forced: %+v, %v", s.Serial, forced, err)
		}
	})
}
