package chart

import (
	"math"

	"markaz.example/edge/lms"
)

// scores are the bands, from below.
var scores = [...]float64{-3, -2, 0, 2, 3}

// bands are WHO's lines in a window of a chart.
type bands struct {
	from, to float64                // of x
	x        []float64              // the corners
	y        [len(scores)][]float64 // at each corner, a line a score
}

// month is what WHO's software counts for one, in days.
const month = 30.4375

// last is the last day that has figures.
const last = 1826

// window is the part of the x axis that holds every visit and is not wider than it must be.
func window(c Chart, points []spot) (from, to float64) {
	least, most := math.Inf(1), math.Inf(-1)
	for _, p := range points {
		least, most = min(least, p.x), max(most, p.x)
	}
	if c == WeightByStature {
		return statureWindow(least, most)
	}
	for _, months := range []float64{12, 24, 60} {
		if to = months * month; most <= to {
			break
		}
	}
	return 0, min(to, last)
}

// statureWindow is at least 30 cm, in tenths, and begins and ends at full tens.
func statureWindow(least, most float64) (from, to float64) {
	if least > most {
		return 450, 1100
	}
	from, to = math.Floor(least/100-1)*100, math.Ceil(most/100+1)*100
	for to-from < 300 {
		to += 100
	}
	return from, to
}

// bandsOf reads the lines out of the figures. Where there are no figures there is no line.
func bandsOf(f *lms.Figures, t lms.Table, s lms.Sex, from, to float64) bands {
	curve := f.Curve(t, s)
	first, end := math.Ceil(max(from, float64(curve.First))), math.Floor(min(to, float64(curve.Last())))
	b := bands{from: from, to: to}
	if t.ByStature() && first < end {
		b.from, b.to = first, end
	}
	for x := first; x <= end; x = next(x, end) {
		b.x = append(b.x, x)
		for i, k := range scores {
			y, _ := f.Measure(t, s, int32(x), k)
			b.y[i] = append(b.y[i], y)
		}
	}
	return b
}

// next is the corner after x; the last one is the end itself.
func next(x, end float64) float64 {
	if x < end {
		return min(x+bandStep, end)
	}
	return math.Inf(1)
}

func table(c Chart, visits []Measured) lms.Table {
	switch c {
	case WeightByAge:
		return lms.WFA
	case StatureByAge:
		return lms.LHFA
	case ArmByAge:
		return lms.ACFA
	}
	if newestAs(visits) == lms.Standing {
		return lms.WFH
	}
	return lms.WFL
}
