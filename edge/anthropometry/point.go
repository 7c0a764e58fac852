package anthropometry

import (
	"markaz.example/edge/book/growth"
	"markaz.example/edge/chart"
	"markaz.example/edge/lms"
)

// Point is a measurement as a chart draws it.
func Point(e growth.Measured) chart.Measured {
	p := chart.Measured{
		Weight: lms.Mass(e.WeightMG), Arm: lms.Length(e.ArmUM), Doubted: len(e.Flagged) > 0,
		Stature: lms.Stature{Corrected: lms.Length(e.CorrectedUM), As: lms.Lying},
	}
	if e.TakenAs == growth.Standing {
		p.Stature.As = lms.Standing
	}
	if e.AgeDays != nil {
		p.Age = lms.Age{Days: *e.AgeDays, Precision: lms.AgeExact}
	}
	return p
}
