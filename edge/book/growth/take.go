package growth

import (
	"errors"
	"fmt"

	"markaz.example/edge/id"
	"markaz.example/edge/lms"
)

// ErrAgain is reported when readings of one thing do not agree: one more is to be taken, or all of them anew.
var ErrAgain = errors.New("the readings do not agree: measure again")

// Place is where a measurement was taken.
type Place struct {
	Visit id.Visit
	Stop  uint8
	Desk  id.Desk
}

// Readings are what was read of one child. Units: whole grams and millimetres.
type Readings struct {
	Sex      lms.Sex
	Age      lms.Age
	WeightsG []uint32 // every one, in order; empty: not measured. One alone counts as it is: a scale has made sure of it
	Statures []uint32
	Heads    []uint32
	Arms     []uint32
	Position lms.Position
	Oedema   lms.Oedema

	Instruments []Instrument
}

// Instrument is what was measured with.
type Instrument struct {
	Name       string
	Calibrated string // date, "2026-11-01"; empty: not known
}

// Child is what the readings come to, by the limits. It reports ErrAgain with the name of what does not agree.
func (r Readings) Child(l lms.Limits) (lms.Child, error) {
	weight, err1 := mean("weight", r.WeightsG, l.Weight)
	stature, err2 := mean("stature", r.Statures, l.Stature)
	head, err3 := mean("head", r.Heads, l.Head)
	arm, err4 := mean("arm", r.Arms, l.Arm)
	return lms.Child{
		Sex: r.Sex, Age: r.Age, Weight: weight, Stature: stature, Position: r.Position, Head: head, Arm: arm, Oedema: r.Oedema,
	}, errors.Join(err1, err2, err3, err4)
}

// mean settles readings. One unit of a reading is 1,000 of edge/lms's.
func mean[U lms.Mass | lms.Length](what string, raw []uint32, limit U) (U, error) {
	var scaled []U
	for _, n := range raw {
		if n == 0 || n > weightMaxG {
			return 0, fmt.Errorf("%s: a reading of %d: %w", what, n, ErrAgain)
		}
		scaled = append(scaled, U(n)*1000)
	}
	switch len(scaled) {
	case 0:
		return 0, nil
	case 1:
		return scaled[0], nil
	}
	value, verdict := lms.Settle(scaled[max(0, len(scaled)-3):], limit)
	if verdict != lms.Agreed {
		return 0, fmt.Errorf("%s: %w", what, ErrAgain)
	}
	return value, nil
}

// Make makes the record of a child: what was read, what it came to, and what follows from that. Doubts are those that the
// people at the desk were shown and let stand. It reports ErrAgain.
func Make(f *lms.Figures, at Place, r Readings, l lms.Limits, doubts lms.Doubt) (Measured, lms.Assessment, error) {
	c, err := r.Child(l)
	if err != nil {
		return Measured{}, lms.Assessment{}, err
	}
	a := f.Assess(c)
	e := Measured{
		Visit: at.Visit, Stop: at.Stop, Desk: at.Desk,
		Sex: word(sexes, c.Sex), Position: word(positions, c.Position), Oedema: word(oedemas, c.Oedema),
		WeightsG: r.WeightsG, StaturesMM: r.Statures, HeadsMM: r.Heads, ArmsMM: r.Arms,
		WeightMG: uint32(c.Weight), StatureUM: uint32(c.Stature), HeadUM: uint32(c.Head), ArmUM: uint32(c.Arm),
		Doubts: Doubts(doubts), Figures: f.Version,
	}
	if c.Age.Known() {
		e.AgeDays, e.AgePrecision = &c.Age.Days, word(precisions, c.Age.Precision)
	}
	for _, i := range r.Instruments {
		e.Instruments, e.Calibrated = append(e.Instruments, i.Name), append(e.Calibrated, i.Calibrated)
	}
	e.assessed(a)
	return e, a, nil
}

// word is how records write a number of edge/lms; what it does not know is unknown.
func word[N ~uint8](words []string, n N) string {
	if int(n) >= len(words) {
		return ""
	}
	return words[n]
}

// assessed writes down what follows.
func (e *Measured) assessed(a lms.Assessment) {
	e.CorrectedUM, e.TakenAs, e.UnderNine = uint32(a.Stature.Corrected), word(positions, a.Stature.As), a.Stature.UnderNine
	to := [...]**int32{&e.WAZ, &e.HAZ, &e.WHZ, &e.BAZ, &e.HCZ, &e.ACZ}
	for i, z := range to {
		s := a.Scores[i]
		if !s.Known() {
			continue
		}
		*z = &s.Hundredths
		if s.Flagged {
			e.Flagged = append(e.Flagged, scoreNames[i])
		}
	}
	k := a.Classes
	e.Stunting, e.Underweight, e.Wasting = k.Stunting.String(), k.Underweight.String(), k.Wasting.String()
	e.Overweight, e.OverweightBMI = k.Overweight.String(), k.OverweightBMI.String()
	e.ArmClass, e.Acute = k.Arm.String(), k.Acute.String()
	e.SevereBy, e.ModerateBy = k.Severe.String(), k.Moderate.String()
}

// Doubts are the names of doubts, for records and as keys of texts.
func Doubts(d lms.Doubt) (names []string) {
	for bit, name := range doubtNames {
		if d>>bit&1 == 1 {
			names = append(names, name)
		}
	}
	return names
}

// AsVisit is what of a measurement is held against the next one; see lms.Steps. Days are of age, or of the record's time
// when there is none.
func (k Kept) AsVisit() lms.Visit {
	const dayMS = 86_400_000
	day := int32(k.Wall / dayMS)
	if k.Measured.AgeDays != nil {
		day = *k.Measured.AgeDays
	}
	return lms.Visit{
		Day: day, Weight: lms.Mass(k.Measured.WeightMG), Head: lms.Length(k.Measured.HeadUM),
		Stature: lms.Stature{Corrected: lms.Length(k.Measured.CorrectedUM)},
	}
}

// MakeScreened makes the record of a woman's arm by the programme's cut-off. It reports ErrAgain and lms.ErrCutOff.
func MakeScreened(at Place, armsMM []uint32, cutOffMM uint32, l lms.Limits) (Screened, error) {
	arm, err := mean("arm", armsMM, l.Arm)
	if err != nil {
		return Screened{}, err
	}
	class, err := lms.Woman(arm, lms.Length(min(cutOffMM, lengthMaxMM))*lms.Millimetre)
	if err != nil {
		return Screened{}, err
	}
	return Screened{at.Visit, at.Stop, at.Desk, armsMM, uint32(arm), cutOffMM, class.String()}, nil
}
