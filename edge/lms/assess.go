package lms

// Assessment is all that follows from what was measured of one child.
type Assessment struct {
	Stature Stature
	BMI     int64 // in hundredths of kg/m2, halves rounded up; 0 without weight or stature. Its score is of the unrounded one
	Scores  [Indicators]Score
	Classes Classes
}

// squareMetre brings milligrams by square micrometres to hundredths of kg by square metres: 100 * 10^12 / 10^6.
const squareMetre = 100_000_000

// Assess scores and classifies one child.
func (f *Figures) Assess(c Child) Assessment {
	a := Assessment{Stature: correct(c.Stature, c.Position, c.Age)}
	if c.Weight > 0 && a.Stature.Corrected > 0 {
		l := int64(a.Stature.Corrected)
		a.BMI = (2*int64(c.Weight)*squareMetre + l*l) / (2 * l * l)
	}
	for i := range Indicator(Indicators) {
		a.Scores[i] = f.score(i, c, &a)
	}
	a.Classes = classify(c, &a)
	return a
}

func (f *Figures) score(i Indicator, c Child, a *Assessment) Score {
	y := measured(i, c, a)
	switch {
	case !(y > 0):
		return Score{Why: NotMeasured}
	case c.Oedema == OedemaYes && weighs(i):
		return Score{Why: ByOedema}
	case c.Sex != Male && c.Sex != Female:
		return Score{Why: NoSex}
	case c.Age.Known() && c.Age.Days > lastDay:
		return Score{Why: OutsideAge}
	case i == WeightForStature:
		return f.byStature(y, c, a)
	case !c.Age.Known():
		return Score{Why: NoAge}
	}
	return f.byAge(i, y, c)
}

// measured is what an indicator looks at, in its table's unit.
func measured(i Indicator, c Child, a *Assessment) float64 {
	switch i {
	case WeightForAge:
		return c.Weight.kilograms()
	case WeightForStature:
		if a.Stature.Corrected <= 0 {
			return 0
		}
		return c.Weight.kilograms()
	case StatureForAge:
		return a.Stature.Corrected.centimetres()
	case BMIForAge:
		return bmi(c.Weight, a.Stature.Corrected)
	case HeadForAge:
		return c.Head.centimetres()
	case ArmForAge:
		return c.Arm.centimetres()
	case SubscapularForAge:
		return c.Subscapular.millimetres()
	}
	return c.Triceps.millimetres()
}

// bmi is in kg/m2; no number above 0 when one of the two is missing.
func bmi(m Mass, l Length) float64 {
	if m <= 0 || l <= 0 {
		return 0
	}
	return m.kilograms() / (l.metres() * l.metres())
}

// weighs reports whether an indicator looks at weight, which oedema falsifies.
func weighs(i Indicator) bool {
	return i == WeightForAge || i == WeightForStature || i == BMIForAge
}

func (f *Figures) byStature(y float64, c Child, a *Assessment) Score {
	table := WFL
	if a.Stature.As == Standing {
		table = WFH
	}
	p, ok := f.stature(table, c.Sex, a.Stature.Corrected)
	if !ok {
		return Score{Why: OutsideStature}
	}
	return round(p.restricted(y), WeightForStature)
}

func (f *Figures) byAge(i Indicator, y float64, c Child) Score {
	table := byAge[i]
	p, ok := f.day(table, c.Sex, c.Age.Days)
	switch {
	case !ok:
		return Score{Why: OutsideAge}
	case table.skewed():
		return round(p.restricted(y), i)
	}
	return round(p.z(y), i)
}
