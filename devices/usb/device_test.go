package usb

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func face(number, alternate int, protocol uint8, endpoints ...endpoint) setting {
	return setting{
		config: 1, number: number, alternate: alternate,
		class: classPrinter, subClass: subClassPrinter, protocol: protocol, endpoints: endpoints,
	}
}

func bulk(address uint8) endpoint { return endpoint{address: address, bulk: true} }

func TestPrinters(t *testing.T) {
	keyboard := face(0, 0, 1, endpoint{address: 0x81})
	keyboard.class = 3
	otherSubClass := face(0, 0, 2, bulk(1))
	otherSubClass.subClass = 2
	tests := []struct {
		name string
		in   []setting
		want []Printer
	}{
		{"nothing", nil, nil},
		{"keyboard", []setting{keyboard}, nil},
		{"other subclass", []setting{otherSubClass}, nil},
		{"protocol 0 and 4", []setting{face(0, 0, 0, bulk(1)), face(1, 0, 4, bulk(1))}, nil},
		{"no way out", []setting{face(0, 0, 2, bulk(0x81))}, nil},
		{"interrupt only", []setting{face(0, 0, 2, endpoint{address: 1})}, nil},
		{"both ways", []setting{face(0, 0, 2, bulk(0x82), bulk(3))}, []Printer{{1, 0, 0, BothWay, 3, 0x82}}},
		{"one way has no answers", []setting{face(0, 0, 1, bulk(1), bulk(0x81))}, []Printer{{1, 0, 0, OneWay, 1, 0}}},
		{"both ways without IN", []setting{face(0, 0, 2, bulk(2))}, []Printer{{1, 0, 0, BothWay, 2, 0}}},
		{"lowest of several", []setting{face(0, 0, 2, bulk(3), bulk(2), bulk(0x83), bulk(0x81))}, []Printer{{1, 0, 0, BothWay, 2, 0x81}}},
		{
			"best alternate", []setting{face(0, 0, 1, bulk(1)), face(0, 1, 2, bulk(1), bulk(0x81)), face(0, 2, 3, bulk(1), bulk(0x81))},
			[]Printer{{1, 0, 1, BothWay, 1, 0x81}},
		},
		{"packets if nothing else", []setting{face(0, 0, 3, bulk(1), bulk(0x81))}, []Printer{{1, 0, 0, Packets, 1, 0x81}}},
		{
			"two interfaces in any order", []setting{face(2, 0, 2, bulk(2), bulk(0x82)), keyboard, face(1, 0, 2, bulk(1), bulk(0x81))},
			[]Printer{{1, 1, 0, BothWay, 1, 0x81}, {1, 2, 0, BothWay, 2, 0x82}},
		},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, printers(tt.in)); diff != "" {
			t.Errorf("%s: -want +got\n%s", tt.name, diff)
		}
	}
}

// TestPrintersProperties: whatever the descriptors, a printer found has a way out, ends point the right way, and an
// interface is found at most once.
func TestPrintersProperties(t *testing.T) {
	endpoints := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) endpoint {
		return endpoint{rapid.Uint8().Draw(t, "address"), rapid.Bool().Draw(t, "bulk")}
	}), 0, 4)
	settings := rapid.SliceOf(rapid.Custom(func(t *rapid.T) setting {
		s := face(rapid.IntRange(0, 2).Draw(t, "number"), rapid.IntRange(0, 2).Draw(t, "alternate"),
			rapid.Uint8Range(0, 4).Draw(t, "protocol"), endpoints.Draw(t, "endpoints")...)
		s.class = rapid.Uint8Range(6, 8).Draw(t, "class")
		return s
	}))
	rapid.Check(t, func(t *rapid.T) {
		seen := map[int]bool{}
		for _, p := range printers(settings.Draw(t, "settings")) {
			if seen[p.Number] {
				t.Fatalf("interface %d found twice", p.Number)
			}
			seen[p.Number] = true
			if p.Out == 0 || p.Out&directionIn != 0 || p.In != 0 && p.In&directionIn == 0 {
				t.Fatalf("endpoints out %02x, in %02x", p.Out, p.In)
			}
		}
	})
}
