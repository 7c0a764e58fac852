package chart

import (
	"errors"
	"fmt"

	"markaz.example/edge/lms"
)

// Chart is what is drawn against what.
type Chart uint8

// The four that the hall shows.
const (
	WeightByAge Chart = iota
	StatureByAge
	WeightByStature
	ArmByAge
)

// Measured is one visit of a child. Whatever is zero was not measured, and makes no dot in a chart that needs it.
type Measured struct {
	Age     lms.Age
	Weight  lms.Mass
	Stature lms.Stature // corrected
	Arm     lms.Length
	Doubted bool // a flagged score: drawn hollow
}

// Words are the texts of a chart in the reader's language. Empty ones are left out; a slip has them beside the picture.
type Words struct {
	Name   string // what a screen reader says
	X, Y   string // what the axes are, with their units
	Source string // whose bands these are: "WHO 2006"; read from the left
	RTL    bool   // the other texts are read from the right
}

// ErrNoCurve is reported for a child of unknown sex: there is no band to draw it on.
var ErrNoCurve = errors.New("a growth chart needs the child's sex; ask for it")

// ErrWidth is reported for a width that no paper or page has.
var ErrWidth = errors.New("a chart is 256 to 832 dots wide")

// Draw draws a child's visits over the bands of its sex. The newest visit is last. What is outside of the bands' range is
// not drawn, and what is far off the bands sits hollow at the chart's edge. It reports ErrNoCurve and ErrWidth.
func Draw(f *lms.Figures, c Chart, s lms.Sex, visits []Measured, width int, w Words) (Drawing, error) {
	if s != lms.Male && s != lms.Female {
		return Drawing{}, ErrNoCurve
	}
	if width < widthMin || width > widthMax {
		return Drawing{}, fmt.Errorf("%d dots: %w", width, ErrWidth)
	}
	points := spots(c, visits[max(0, len(visits)-PointsMax):])
	from, to := window(c, points)
	b := bandsOf(f, table(c, visits), s, from, to)
	p := newPaper(width, b, points, w)
	d := Drawing{Width: width, Height: p.height, Name: w.Name}
	p.areas(&d, b)
	p.grid(&d, c)
	p.bands(&d, b)
	p.points(&d, points)
	p.words(&d, w)
	return d, nil
}

// spot is a visit in a chart's own units: days, or tenths of a centimetre, against kg or cm.
type spot struct {
	x, y    float64
	doubted bool
}

func spots(c Chart, visits []Measured) (out []spot) {
	as := newestAs(visits)
	for _, v := range visits {
		s := spot{x: float64(v.Age.Days), doubted: v.Doubted}
		known := v.Age.Known()
		switch c {
		case WeightByAge:
			s.y = kilograms(v.Weight)
		case StatureByAge:
			s.y = centimetres(v.Stature.Corrected)
		case ArmByAge:
			s.y = centimetres(v.Arm)
		case WeightByStature:
			s.x, s.y = 10*centimetres(v.Stature.Corrected), kilograms(v.Weight)
			known = v.Stature.Corrected > 0 && v.Stature.As == as
		}
		if known && s.y > 0 {
			out = append(out, s)
		}
	}
	return out
}

// newestAs is whether the newest stature is a length or a height: the two have different tables, and one chart shows one.
func newestAs(visits []Measured) lms.Position {
	for i := len(visits) - 1; i >= 0; i-- {
		if visits[i].Stature.Corrected > 0 {
			return visits[i].Stature.As
		}
	}
	return lms.Lying
}

func kilograms(m lms.Mass) float64 { return float64(m) / float64(lms.Kilogram) }

func centimetres(l lms.Length) float64 { return float64(l) / float64(lms.Centimetre) }
