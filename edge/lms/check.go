package lms

import "fmt"

// check reports a curve from which a score could come that is no number, or that no standard has.
func (c Curve) check() error {
	if len(c.Rows) < 2 {
		return fmt.Errorf("%d rows: want at least 2", len(c.Rows))
	}
	for i, r := range c.Rows {
		if err := r.check(); err != nil {
			return fmt.Errorf("row %d: %w", int(c.First)+i, err)
		}
	}
	return nil
}

// check reports figures out of bounds. 1 + L*S*k stays above 0 for each k up to 4, so that the measure at three standard
// deviations exists with room, and between two rows as well.
func (r Row) check() error {
	l := r.L
	if l < 0 {
		l = -l
	}
	switch {
	case l > powerMax, r.M <= 0 || r.M > medianMax, r.S <= 0 || r.S > variationMax:
		return errBounds
	case 4*int64(l)*int64(r.S) >= perL*perS:
		return fmt.Errorf("L of %d and S of %d give no measure at three standard deviations", r.L, r.S)
	}
	return nil
}
