package usb

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const epsonText = "MFG:EPSON;CMD:ESC/POS, EPSON ;MDL:TM-T20II;CLS:PRINTER;DES:EPSON TM-T20II;SN:J3X0;"

// withLength puts two bytes before a text: its length plus more, high byte first unless little.
func withLength(text string, more int, little bool) []byte {
	n := len(text) + more
	if little {
		return append([]byte{byte(n), byte(n >> 8)}, text...)
	}
	return append([]byte{byte(n >> 8), byte(n)}, text...)
}

func TestParseDeviceID(t *testing.T) {
	epson := DeviceID{
		Manufacturer: "EPSON", Model: "TM-T20II", Description: "EPSON TM-T20II", Class: "PRINTER", Serial: "J3X0",
		Commands: []string{"ESC/POS", "EPSON"},
	}
	cut := epson
	cut.Serial = "J3X"
	tests := []struct {
		name string
		raw  []byte
		want DeviceID
	}{
		{"length counts itself", withLength(epsonText, 2, false), epson},
		{"length leaves itself out", withLength(epsonText, 0, false), epson},
		{"low byte first", withLength(epsonText, 2, true), epson},
		{"low byte first, itself left out", withLength(epsonText, 0, true), epson},
		{"no length", append([]byte{0, 0}, epsonText...), epson},
		{"absurd length", append([]byte{0xff, 0xff}, epsonText...), epson},
		{"last two characters cut", withLength(epsonText, 0, false)[:len(epsonText)], cut},
		{"padded", append(withLength(epsonText, 2, false), make([]byte, 300)...), epson},
		{"two stray bytes", append(withLength(epsonText, 2, false), 'X', ':'), epson},
		{"long keys", withLength("Manufacturer:Xprinter;COMMAND SET:ESC/POS;Model:XP-80", 2, false),
			DeviceID{Manufacturer: "Xprinter", Model: "XP-80", Commands: []string{"ESC/POS"}}},
		{"colon in value, unprintable letters", withLength("MDL:a:b\x00\x1b\xff;", 2, false), DeviceID{Model: "a:b"}},
	}
	for _, tt := range tests {
		got, err := ParseDeviceID(tt.raw)
		if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
			t.Errorf("%s: error %v, -want +got\n%s", tt.name, err, diff)
		}
	}
}

func TestParseDeviceIDRefuses(t *testing.T) {
	many := strings.Repeat("X:1;", deviceIDFieldsMax) + "MFG:late;"
	for _, raw := range []string{"", "\x00", "\x00\x02", "\x00\x07hello", "\x00\x06X:1;", "\x00\x00" + many} {
		if id, err := ParseDeviceID([]byte(raw)); !errors.Is(err, ErrDeviceID) {
			t.Errorf("%q: got %+v, error %v, want ErrDeviceID", raw, id, err)
		}
	}
}

func FuzzParseDeviceID(f *testing.F) {
	f.Add(withLength(epsonText, 2, false))
	f.Add(withLength(epsonText, 0, true))
	f.Add([]byte{0, 5, ';', ':', ';'})
	f.Fuzz(func(t *testing.T, raw []byte) {
		id, err := ParseDeviceID(raw)
		if err != nil && !cmp.Equal(id, DeviceID{}) {
			t.Fatalf("error %v with %+v", err, id)
		}
		for _, s := range append(id.Commands, id.Manufacturer, id.Model, id.Description, id.Class, id.Serial) {
			if s != Printable(s) || len(s) > deviceIDBytesMax {
				t.Fatalf("field %q is not clean", s)
			}
		}
	})
}
