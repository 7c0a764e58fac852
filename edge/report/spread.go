package report

import "slices"

// Spread is a sample of times, in milliseconds. Percentiles are nearest-rank: the least time that so many of a hundred
// do not exceed. They stand beside the mean because a mean hides the worst.
type Spread struct {
	N                           int
	MeanMs, P50Ms, P80Ms, P95Ms int64
}

// sample collects times.
type sample []int64

func (s *sample) add(ms int64) { *s = append(*s, ms) }

func (s sample) spread() Spread {
	if len(s) == 0 {
		return Spread{}
	}
	slices.Sort(s)
	sum := int64(0)
	for _, ms := range s {
		sum += ms
	}
	n := int64(len(s))
	return Spread{N: len(s), MeanMs: (sum + n/2) / n, P50Ms: s.rank(50), P80Ms: s.rank(80), P95Ms: s.rank(95)}
}

// rank is the nearest-rank percentile of a sorted sample.
func (s sample) rank(percent int) int64 { return s[(len(s)*percent+99)/100-1] }

// Share is a count out of another, both of which are shown.
type Share struct{ Of, All int }

// Percent is the share of a hundred, rounded; ok is false for a share of nothing.
func (s Share) Percent() (percent int, ok bool) {
	if s.All == 0 {
		return 0, false
	}
	return (s.Of*200 + s.All) / (2 * s.All), true
}
