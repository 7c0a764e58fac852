package lms

// Stature is a length or height as it goes into the figures.
type Stature struct {
	Corrected Length   // 0: not measured
	As        Position // Lying: a length; Standing: a height
	Shift     Length   // what was added to what was read: 0, 7 mm or -7 mm
	UnderNine bool     // a child of less than nine months was said to stand: measure again, lying
}

// shift is how much longer a child is lying than standing.
const shift = 7 * Millimetre

// standingFrom is the stature from which a child of unknown age and position is taken to have stood.
const standingFrom = 87 * Centimetre

// correct brings what was read to what the tables at this age are made of.
func correct(read Length, p Position, age Age) Stature {
	if read <= 0 {
		return Stature{}
	}
	if !age.Known() {
		return Stature{Corrected: read, As: byLength(read, p)}
	}
	s := Stature{Corrected: read, As: Lying}
	if age.Days >= twoYears {
		s.As = Standing
	}
	if p == Standing && age.Days < nineMonths {
		s.UnderNine = true
		return s
	}
	switch {
	case s.As == Lying && p == Standing:
		s.Shift = shift
	case s.As == Standing && p == Lying:
		s.Shift = -shift
	}
	s.Corrected += s.Shift
	return s
}

func byLength(read Length, p Position) Position {
	switch {
	case p != PositionUnknown:
		return p
	case read < standingFrom:
		return Lying
	}
	return Standing
}
