package growth

import (
	"slices"

	"markaz.example/edge/lms"
)

// Quality is how well a centre measures, gathered from measurements that count.
type Quality struct {
	Measurers map[string]*Measurer // by actor
	Scores    [len(scored)]lms.Spread
}

// Measurer is the last digits that one person reads.
type Measurer struct {
	Stature lms.Digits // of millimetres
	Arm     lms.Digits
}

// scored are the indicators of a record, in the order of its scores.
var scored = [...]lms.Indicator{
	lms.WeightForAge, lms.StatureForAge, lms.WeightForStature, lms.BMIForAge, lms.HeadForAge, lms.ArmForAge,
}

// Add counts a measurement: every reading of its measurer, and its scores, flagged ones apart. Scores from an estimated
// birth date are left out where they go by age: they would tell of guesses, not of measuring.
func (q *Quality) Add(k Kept) {
	if q.Measurers == nil {
		q.Measurers = map[string]*Measurer{}
	}
	m := q.Measurers[k.Actor]
	if m == nil {
		m = &Measurer{}
		q.Measurers[k.Actor] = m
	}
	for _, mm := range k.Measured.StaturesMM {
		m.Stature.Add(lms.Length(mm) * lms.Millimetre)
	}
	for _, mm := range k.Measured.ArmsMM {
		m.Arm.Add(lms.Length(mm) * lms.Millimetre)
	}
	for i, z := range k.Measured.scores() {
		guessed := k.Measured.AgePrecision == AgeEstimated && scored[i] != lms.WeightForStature
		if z != nil && !guessed {
			q.Scores[i].Add(lms.Score{Hundredths: *z, Why: lms.Scored, Flagged: slices.Contains(k.Measured.Flagged, scoreNames[i])})
		}
	}
}

// Of is the spread of one indicator; nothing for one that records do not keep.
func (q *Quality) Of(i lms.Indicator) lms.Spread {
	at := slices.Index(scored[:], i)
	if at < 0 {
		return lms.Spread{}
	}
	return q.Scores[at]
}

// scores are a record's, in the order of scoreNames.
func (e Measured) scores() [len(scored)]*int32 {
	return [...]*int32{e.WAZ, e.HAZ, e.WHZ, e.BAZ, e.HCZ, e.ACZ}
}
