package clock

import (
	"cmp"
	"slices"
)

// Told is a moment of a boot of which somebody told the true time.
type Told struct {
	Boot  uint64
	Mono  uint64 // milliseconds of that boot
	Wall  int64  // milliseconds since 1970 UTC
	Grade Grade  // of whoever told it
}

// Placer knows what was told, and places stamps by it: whatever the wall clock showed, a stamp has the boot and the
// monotonic milliseconds of its moment, and the monotonic clock of a boot does not jump. The zero value knows nothing.
type Placer struct{ boots map[uint64][]Told }

// Add takes what was told, in any order.
func (p *Placer) Add(t Told) {
	if p.boots == nil {
		p.boots = map[uint64][]Told{}
	}
	of := p.boots[t.Boot]
	if len(of) > 0 && of[0].Grade > t.Grade {
		return
	}
	if len(of) > 0 && of[0].Grade < t.Grade {
		of = nil // a better source tells of the whole boot
	}
	at, _ := slices.BinarySearchFunc(of, t.Mono+1, func(a Told, mono uint64) int { return cmp.Compare(a.Mono, mono) })
	p.boots[t.Boot] = slices.Insert(of, at, t) // of two at one moment the newer word counts
}

// Place is the true time of a stamp, in milliseconds since 1970 UTC: by the newest that the best source told before it,
// else by the first after. Oscillators drift, so the nearest word counts. It is false, and the stamp's own wall time, of a
// boot that nobody told the time.
func (p *Placer) Place(s Stamp) (wall int64, exact bool) {
	of := p.boots[s.Boot]
	if len(of) == 0 {
		return s.Wall, false
	}
	at := of[0]
	for _, t := range of[1:] {
		if t.Mono > s.Mono {
			break
		}
		at = t
	}
	return at.Wall + int64(s.Mono) - int64(at.Mono), true
}
