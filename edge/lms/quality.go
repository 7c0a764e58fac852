package lms

import "math"

// Digits counts the last digits of one measurer's readings. Whoever reads carefully has each digit equally often; whoever
// rounds has .0 and .5.
type Digits [10]int

// Add counts a length that is read in millimetres.
func (d *Digits) Add(l Length) {
	if l > 0 {
		d[l/Millimetre%10]++
	}
}

// AddWeight counts a weight that is read in steps of 100 g.
func (d *Digits) AddWeight(m Mass) {
	if m > 0 {
		d[m/(100*Gram)%10]++
	}
}

// Count is how many readings there are.
func (d *Digits) Count() (n int) {
	for _, c := range d {
		n += c
	}
	return n
}

// Rounded is the share of readings that end in 0 and in 5, from 0 to 1; a tenth each is what chance gives.
func (d *Digits) Rounded() (zero, five float64) {
	n := d.Count()
	if n == 0 {
		return 0, 0
	}
	return float64(d[0]) / float64(n), float64(d[5]) / float64(n)
}

// Preference is how far the digits are from equal, from 0 (equal) to 100 (one digit only): 100 times the root of
// chi-square over 9 n.
func (d *Digits) Preference() float64 {
	n := d.Count()
	if n == 0 {
		return 0
	}
	want, square := float64(n)/10, 0.0
	for _, c := range d {
		square += (float64(c) - want) * (float64(c) - want) / want
	}
	return 100 * math.Sqrt(square/(9*float64(n)))
}

// Spread is the mean and spread of a centre's scores of one indicator. A standard deviation of stature-for-age well above
// 1.3 points to wrong ages or bad boards.
type Spread struct {
	count        int64
	sum, squares int64 // of hundredths
	flagged      int64
}

// Add counts a score. A flagged one is counted apart and kept out of mean and deviation.
func (s *Spread) Add(score Score) {
	switch h := int64(score.Hundredths); {
	case !score.Known():
	case score.Flagged:
		s.flagged++
	default:
		s.count, s.sum, s.squares = s.count+1, s.sum+h, s.squares+h*h
	}
}

// Count is how many scores are in the mean, Flagged how many are not.
func (s *Spread) Count() int64 { return s.count }

// Flagged is how many implausible scores were kept out.
func (s *Spread) Flagged() int64 { return s.flagged }

// Mean is the mean z-score; 0 of none.
func (s *Spread) Mean() float64 {
	if s.count == 0 {
		return 0
	}
	return float64(s.sum) / float64(s.count) / 100
}

// Deviation is the standard deviation of the sample, by n-1; 0 of fewer than two.
func (s *Spread) Deviation() float64 {
	if s.count < 2 {
		return 0
	}
	n := float64(s.count)
	return math.Sqrt((float64(s.squares)-float64(s.sum)*float64(s.sum)/n)/(n-1)) / 100
}
