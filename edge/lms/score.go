package lms

import "math"

// params are the three figures of one row: power, median, coefficient of variation.
type params struct{ l, m, s float64 }

// z is the ordinary score of y: ((y/M)^L - 1) / (L*S), and ln(y/M)/S for L = 0. Written with expm1 it is as exact when L
// is nearly 0, where the power less 1 would lose its digits.
func (p params) z(y float64) float64 {
	ln := math.Log(y / p.m)
	if p.l == 0 {
		return ln / p.s
	}
	return math.Expm1(p.l*ln) / (p.l * p.s)
}

// sd is the measure whose score is k: M * (1 + L*S*k)^(1/L).
func (p params) sd(k float64) float64 {
	if p.l == 0 {
		return p.m * math.Exp(p.s*k)
	}
	return p.m * math.Exp(math.Log1p(p.l*p.s*k)/p.l)
}

// restricted is the score of a skewed measure: beyond three it goes on in steps as wide as the last, because so far out
// there was nobody to fit the curve to.
func (p params) restricted(y float64) float64 {
	z := p.z(y)
	switch {
	case z > 3:
		third := p.sd(3)
		return 3 + (y-third)/(third-p.sd(2))
	case z < -3:
		third := p.sd(-3)
		return -3 + (y-third)/(p.sd(-2)-third)
	}
	return z
}

// Score is the z-score of one indicator.
type Score struct {
	Hundredths int32 // of one standard deviation; meaningful if Why is Scored
	Why        Why
	Flagged    bool // implausible: measure again
}

// Why is why there is no score, or that there is one.
type Why uint8

// In the order in which they are looked for.
const (
	NotMeasured Why = iota
	Scored
	NoSex
	NoAge
	OutsideAge     // younger or older than the table
	OutsideStature // shorter or longer than the table
	ByOedema       // weight says nothing with oedema
	Absurd         // a score beyond scoreMax is no score but a mistake
)

// Known reports whether there is a score.
func (s Score) Known() bool { return s.Why == Scored }

// round makes a Score of z.
func round(z float64, i Indicator) Score {
	h := math.Round(z * 100)
	if !(math.Abs(h) <= scoreMax) { // so that no number at all is absurd too
		return Score{Why: Absurd}
	}
	score := int32(h)
	limit := flagged[i]
	return Score{Hundredths: score, Why: Scored, Flagged: score < limit.below || score > limit.above}
}
