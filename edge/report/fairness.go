package report

import (
	"cmp"
	"maps"
	"slices"
)

// Fairness is who came before whom.
type Fairness struct {
	Overtakes  int      // people who stood before somebody when that somebody was called
	Calls      int      // stops that were called
	Reasons    []Reason // of the calls that overtook, the commonest first
	Classes    []Group
	Issuers    []Group // who recorded the facts behind classes
	Recordings int     // visits with such a fact
}

// PerHundred is overtakes per 100 calls, in tenths; false without a call.
func (f Fairness) PerHundred() (tenths int, ok bool) {
	if f.Calls == 0 {
		return 0, false
	}
	return (f.Overtakes*2000 + f.Calls) / (2 * f.Calls), true
}

// Reason is why calls overtook: the rule of package queue, or the code that a desk gave for a pick.
type Reason struct {
	Code      string
	Picked    bool // a person decided it
	Calls     int
	Overtakes int
}

// Group is the stops of a class, or those whose class somebody recorded.
type Group struct {
	Key   string
	Share Share  // of all stops that came in line
	Wait  Spread //
	Ratio int    // mean wait to that of class normal, in hundredths; 0 when either is not known
}

// scales collect what Fairness weighs.
type scales struct {
	fairness Fairness
	reasons  map[Reason]*Reason // by code and picked alone
	issuers  map[string]*pile
}

func newScales() scales { return scales{reasons: map[Reason]*Reason{}, issuers: map[string]*pile{}} }

func (s *scales) visit(v *Visit) {
	if v.Issuer == "" {
		return
	}
	s.fairness.Recordings++
	for i := range v.Stops {
		if v.Stops[i].InLine {
			of(s.issuers, v.Issuer).add(&v.Stops[i], 0)
		}
	}
}

func (s *scales) stop(at *Stop) {
	if !at.Called {
		return
	}
	s.fairness.Calls++
	if at.Overtook == 0 {
		return
	}
	s.fairness.Overtakes += at.Overtook
	key := Reason{Code: cmp.Or(at.Picked, at.Rule), Picked: at.Picked != ""}
	if s.reasons[key] == nil {
		s.reasons[key] = &Reason{Code: key.Code, Picked: key.Picked}
	}
	s.reasons[key].Calls++
	s.reasons[key].Overtakes += at.Overtook
}

func (s *scales) weigh(classes []Row, all Figures) Fairness {
	f := s.fairness
	for _, r := range s.reasons {
		f.Reasons = append(f.Reasons, *r)
	}
	slices.SortFunc(f.Reasons, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(b.Overtakes, a.Overtakes), cmp.Compare(a.Code, b.Code), cmp.Compare(b.Calls, a.Calls))
	})
	base := int64(0)
	for _, c := range classes {
		if c.Key == normal {
			base = c.Figures.Wait.MeanMs
		}
	}
	for _, c := range classes {
		f.Classes = append(f.Classes, group(c.Key, c.Figures, all, base))
	}
	for _, key := range slices.Sorted(maps.Keys(s.issuers)) {
		f.Issuers = append(f.Issuers, group(key, s.issuers[key].figures(), all, base))
	}
	return f
}

func group(key string, f, all Figures, baseMs int64) Group {
	g := Group{Key: key, Share: Share{f.Stops, all.Stops}, Wait: f.Wait}
	if baseMs > 0 {
		g.Ratio = int((f.Wait.MeanMs*200 + baseMs) / (2 * baseMs))
	}
	return g
}
