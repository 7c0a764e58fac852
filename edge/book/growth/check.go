package growth

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Words of records, by edge/lms's numbers where it has some.
var (
	sexes      = []string{"", Male, Female}
	precisions = []string{"", AgeEstimated, AgeInMonths, AgeExact}
	positions  = []string{"", Lying, Standing}
	oedemas    = []string{"", OedemaNo, OedemaYes}
	deficits   = []string{"", "normal", "moderate", "severe"}
	excesses   = []string{"", "normal", "overweight", "obese"}
	scoreNames = []string{"waz", "haz", "whz", "baz", "hcz", "acz"}
	doubtNames = []string{"shrunk", "shot", "wasted", "swelled", "head-shrunk"}
	criteria   = []string{"", "weight-for-stature", "muac", "weight-for-stature+muac", "oedema", "weight-for-stature+oedema", "muac+oedema", "weight-for-stature+muac+oedema"}
)

// Check reports a measurement that cannot be.
func (e Measured) Check() error {
	faults := []error{
		e.Visit.Check(), e.Desk.Check(), checkStop(e.Stop), e.checkAge(), oneOf("sex", e.Sex, sexes),
		readings("weight", e.WeightsG, e.WeightMG, weightMaxG), readings("stature", e.StaturesMM, e.StatureUM, lengthMaxMM),
		readings("head", e.HeadsMM, e.HeadUM, lengthMaxMM), readings("arm", e.ArmsMM, e.ArmUM, lengthMaxMM),
		oneOf("position", e.Position, positions), oneOf("taken as", e.TakenAs, positions), oneOf("oedema", e.Oedema, oedemas),
		e.checkCorrected(), e.checkClasses(), e.checkScores(), e.checkInstruments(),
	}
	if e.Figures == "" || len(e.Figures) > figuresBytesMax {
		faults = append(faults, fmt.Errorf("version of the figures of %d bytes: want 1 to %d", len(e.Figures), figuresBytesMax))
	}
	if e.WeightMG|e.StatureUM|e.HeadUM|e.ArmUM == 0 && e.Oedema == "" {
		faults = append(faults, errors.New("nothing was measured"))
	}
	return errors.Join(faults...)
}

func checkStop(stop uint8) error {
	if stop >= stopsMax {
		return fmt.Errorf("stop %d: a visit has %d at most", stop, stopsMax)
	}
	return nil
}

func (e Measured) checkAge() error {
	switch {
	case e.AgeDays == nil && e.AgePrecision == "":
		return nil
	case e.AgeDays == nil || *e.AgeDays < 0 || *e.AgeDays > ageMaxDays:
		return fmt.Errorf("an age is 0 to %d days, or unknown", ageMaxDays)
	}
	return oneOf("precision of the age", e.AgePrecision, precisions[1:])
}

// readings demands that a mean lies within what was read, and that there is one exactly if something was read.
// One unit of a reading, a gram or a millimetre, is 1,000 of the mean's.
func readings(what string, raw []uint32, mean, most uint32) error {
	if len(raw) == 0 && mean == 0 {
		return nil
	}
	if len(raw) == 0 || len(raw) > readingsMax {
		return fmt.Errorf("%d readings of %s: want 1 to %d", len(raw), what, readingsMax)
	}
	low, high := slices.Min(raw), slices.Max(raw)
	if low == 0 || high > most {
		return fmt.Errorf("%s of %d to %d: want 1 to %d grams or millimetres", what, low, high, most)
	}
	if mean < low*1000 || mean > high*1000 {
		return fmt.Errorf("%s has a mean outside its readings", what)
	}
	return nil
}

// shiftUM is by how much a stature may have been corrected, either way.
const shiftUM = 7_000

func (e Measured) checkCorrected() error {
	apart := int64(e.CorrectedUM) - int64(e.StatureUM)
	if apart != 0 && apart != shiftUM && apart != -shiftUM {
		return fmt.Errorf("a stature is corrected by %d micrometres or not at all", shiftUM)
	}
	if (e.CorrectedUM == 0) != (e.TakenAs == "") {
		return errors.New("a corrected stature is a length or a height")
	}
	return nil
}

func (e Measured) checkClasses() error {
	faults := []error{oneOf("overweight", e.Overweight, excesses), oneOf("overweight by BMI", e.OverweightBMI, excesses)}
	for _, class := range []string{e.Stunting, e.Underweight, e.Wasting, e.ArmClass, e.Acute} {
		faults = append(faults, oneOf("class", class, deficits))
	}
	return errors.Join(append(faults, oneOf("criteria", e.SevereBy, criteria), oneOf("criteria", e.ModerateBy, criteria))...)
}

func (e Measured) checkScores() error {
	for i, z := range []*int32{e.WAZ, e.HAZ, e.WHZ, e.BAZ, e.HCZ, e.ACZ} {
		if z != nil && (*z < -scoreMax || *z > scoreMax) {
			return fmt.Errorf("score %s of %d hundredths: none is that far off", scoreNames[i], *z)
		}
	}
	return errors.Join(someOf("flag", e.Flagged, scoreNames), someOf("doubt", e.Doubts, doubtNames))
}

func (e Measured) checkInstruments() error {
	if len(e.Instruments) > instrumentsMax || len(e.Calibrated) != len(e.Instruments) {
		return fmt.Errorf("%d instruments with %d dates: want a date or nothing for each of at most %d", len(e.Instruments), len(e.Calibrated), instrumentsMax)
	}
	for i, name := range e.Instruments {
		if name == "" || len(name) > instrumentBytesMax {
			return fmt.Errorf("an instrument's name has %d bytes: want 1 to %d", len(name), instrumentBytesMax)
		}
		if date := e.Calibrated[i]; date != "" {
			if _, err := time.Parse(time.DateOnly, date); err != nil {
				return fmt.Errorf("calibrated on %.20q: want a date such as 2026-11-01", date)
			}
		}
	}
	return nil
}

func oneOf(what, word string, known []string) error {
	if slices.Contains(known, word) {
		return nil
	}
	return fmt.Errorf("%s %.40q is not known", what, word)
}

// someOf demands known words, each once.
func someOf(what string, words, known []string) error {
	for i, word := range words {
		if !slices.Contains(known, word) || slices.Contains(words[:i], word) {
			return fmt.Errorf("%s %.40q is not known, or comes twice", what, word)
		}
	}
	return nil
}
