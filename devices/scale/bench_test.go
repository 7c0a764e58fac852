package scale

import (
	"testing"
)

// One line of each kind, found, decoded and turned into grams.
func BenchmarkLine(b *testing.B) {
	for _, c := range repeating {
		line := encode(c.protocol, shown{look: look{4250, OK}, unit: Kilogram, decimals: 2})
		d := speech(b, c.protocol)
		b.Run(c.protocol+"-"+c.talk, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, msg := d.split(line)
				if m, err := d.decode(msg); err != nil || m.reading.Grams != 4250 {
					b.Fatal(m, err)
				}
			}
		})
	}
}
