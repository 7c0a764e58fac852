package queue

import (
	"cmp"
	"slices"

	"markaz.example/edge/id"
)

// Outcome is a promise and what came of it.
type Outcome struct {
	Service         id.Service
	Day             string // "2026-11-22"
	LowMin, HighMin int
	P80Ms           int64 // 0 is not kept
	WaitMs          int64 // from the promise to the call
}

// Score is how a service's promises of a day were kept. Promised = Inside + Early + Late.
type Score struct {
	Service  id.Service
	Day      string
	Promised int
	Inside   int // called neither before nor after what was shown
	Early    int // before the low end
	Late     int // after the high end
	AboveP80 int // waited longer than the 80th percentile: one in five if it is one
	WidthMin int // sum of the ranges' widths: a wide range is kept easily, so it is told too
}

// Inside says whether a promise was kept, both ends included.
func (o Outcome) Inside() bool { return !o.early() && !o.late() }

func (o Outcome) early() bool { return o.WaitMs < int64(o.LowMin)*minuteMs }
func (o Outcome) late() bool  { return o.WaitMs > int64(o.HighMin)*minuteMs }

// Scores are by day and service, in that order. Whoever left without being called has no outcome.
func Scores(all []Outcome) []Score {
	found := map[[2]string]*Score{}
	for _, o := range all {
		key := [2]string{o.Day, string(o.Service)}
		if found[key] == nil {
			found[key] = &Score{Service: o.Service, Day: o.Day}
		}
		found[key].add(o)
	}
	var scores []Score
	for _, s := range found {
		scores = append(scores, *s)
	}
	slices.SortFunc(scores, func(a, b Score) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Service, b.Service))
	})
	return scores
}

func (s *Score) add(o Outcome) {
	s.Promised++
	s.WidthMin += o.HighMin - o.LowMin
	switch {
	case o.early():
		s.Early++
	case o.late():
		s.Late++
	default:
		s.Inside++
	}
	if o.P80Ms > 0 && o.WaitMs > o.P80Ms {
		s.AboveP80++
	}
}

// Add sums scores, of several days or services.
func (s *Score) Add(o Score) {
	s.Promised, s.Inside, s.Early, s.Late = s.Promised+o.Promised, s.Inside+o.Inside, s.Early+o.Early, s.Late+o.Late
	s.AboveP80, s.WidthMin = s.AboveP80+o.AboveP80, s.WidthMin+o.WidthMin
}

// Of is a part of the promises in percent.
func (s Score) Of(part int) float64 { return 100 * float64(part) / float64(max(s.Promised, 1)) }
