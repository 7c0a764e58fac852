package lms

import (
	"math"
	"testing"
)

// What a body holds is in bounds, has a measure at each score, and is written as it was read. Fuzzed behind the checksum and
// the compressor, which would let nothing through.
func FuzzBody(f *testing.F) {
	small := Curve{First: 10, Rows: []Row{{-10_000, 50_000, 8_000}, {-9_990, 50_100, 8_010}}}
	var made []byte
	for range 2 * Tables {
		made = appendCurve(made, small)
	}
	f.Add(made)
	f.Fuzz(func(t *testing.T, body []byte) {
		var figures Figures
		if figures.readBody(body) != nil {
			return
		}
		var again []byte
		for table := range figures.curves {
			for _, c := range figures.curves[table] {
				again = appendCurve(again, c)
				sound(t, c)
			}
		}
		var second Figures
		if err := second.readBody(again); err != nil {
			t.Fatalf("written and not read: %v", err)
		}
	})
}

func sound(t *testing.T, c Curve) {
	t.Helper()
	for _, r := range c.Rows {
		for k := -3.0; k <= 3; k++ {
			if y := r.params().sd(k); !(y > 0) || math.IsInf(y, 0) {
				t.Fatalf("%+v has %v at %v", r, y, k)
			}
		}
	}
}
