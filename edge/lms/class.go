package lms

import (
	"errors"
	"fmt"
	"strings"
)

// Class is what a measure says of a child.
type Class uint8

// Unclassed is no verdict, which is not the same as Normal.
const (
	Unclassed Class = iota
	Normal
	Moderate
	Severe
	Overweight
	Obese
	Low // of a woman's arm: under the cut-off that was applied
)

var classNames = [...]string{"", "normal", "moderate", "severe", "overweight", "obese", "low"}

// String is the class's code in records and files; empty for none.
func (c Class) String() string {
	if int(c) >= len(classNames) {
		return ""
	}
	return classNames[c]
}

// Criteria are reasons for a verdict of acute malnutrition. Weight-for-stature and arm find different children, so both
// are told.
type Criteria uint8

// One bit each.
const (
	ByWeight  Criteria = 1 << iota // weight-for-length or -height
	ByArm                          // MUAC
	BySwollen                      // oedema
)

// Classes are the verdicts on one child.
type Classes struct {
	Stunting      Class    // length- or height-for-age
	Underweight   Class    // weight-for-age
	Wasting       Class    // weight-for-length or -height
	Overweight    Class    // weight-for-length or -height
	OverweightBMI Class    // BMI-for-age
	Arm           Class    // MUAC, 6 to 59 months
	Acute         Class    // the worst of wasting, arm and oedema
	Moderate      Criteria // those that say moderate
	Severe        Criteria // those that say severe
	Looked        Criteria // those that could be looked at
}

// Boundaries in hundredths: exactly -2.00 is normal, exactly -3.00 moderate, 2.00 normal, 3.00 overweight.
const (
	moderateBelow, severeBelow  = -200, -300
	overweightAbove, obeseAbove = 200, 300
)

// Boundaries of the arm: 125 mm is normal, 115 mm moderate.
// Source: WHO and UNICEF, joint statement on severe acute malnutrition, 2009.
const (
	armModerateBelow = 125 * Millimetre
	armSevereBelow   = 115 * Millimetre
)

func classify(c Child, a *Assessment) Classes {
	k := Classes{
		Stunting:      deficit(a.Scores[StatureForAge]),
		Underweight:   deficit(a.Scores[WeightForAge]),
		Wasting:       deficit(a.Scores[WeightForStature]),
		Overweight:    excess(a.Scores[WeightForStature]),
		OverweightBMI: excess(a.Scores[BMIForAge]),
		Arm:           arm(c),
	}
	swollen := c.Oedema == OedemaYes && !(c.Age.Known() && c.Age.Days > lastDay)
	if swollen {
		k.Underweight, k.Wasting = Severe, Severe
	}
	return k.acute(swollen, a.Scores[WeightForStature].Known())
}

// acute brings the three criteria together.
func (k Classes) acute(swollen, weighed bool) Classes {
	if weighed {
		k.count(ByWeight, k.Wasting)
	}
	if k.Arm != Unclassed {
		k.count(ByArm, k.Arm)
	}
	if swollen {
		k.count(BySwollen, Severe)
	}
	switch {
	case k.Severe != 0:
		k.Acute = Severe
	case k.Moderate != 0:
		k.Acute = Moderate
	case k.Looked != 0:
		k.Acute = Normal
	}
	return k
}

func (k *Classes) count(by Criteria, c Class) {
	k.Looked |= by
	switch c {
	case Severe:
		k.Severe |= by
	case Moderate:
		k.Moderate |= by
	}
}

func deficit(s Score) Class {
	switch {
	case !s.Known():
		return Unclassed
	case s.Hundredths < severeBelow:
		return Severe
	case s.Hundredths < moderateBelow:
		return Moderate
	}
	return Normal
}

func excess(s Score) Class {
	switch {
	case !s.Known():
		return Unclassed
	case s.Hundredths > obeseAbove:
		return Obese
	case s.Hundredths > overweightAbove:
		return Overweight
	}
	return Normal
}

// arm goes by WHO's completed months, 6 to 59, and needs no figures. Without an age it says nothing: under six months the
// cut-offs do not hold, and an estimated age is enough.
func arm(c Child) Class {
	switch {
	case c.Arm <= 0 || !c.Age.Known() || c.Age.Days < sixMonths || c.Age.Days > lastDay:
		return Unclassed
	case c.Arm < armSevereBelow:
		return Severe
	case c.Arm < armModerateBelow:
		return Moderate
	}
	return Normal
}

// ErrCutOff is reported for a woman's cut-off that no protocol has.
var ErrCutOff = errors.New("the cut-off of a woman's arm is outside 180 to 260 mm: take it from the programme's protocol")

// Woman classifies a pregnant or breastfeeding woman by her arm alone. Protocols differ (210 and 230 mm are both in use), so
// the cut-off is a setting; keep it with the record. Exactly the cut-off is normal. It reports ErrCutOff.
func Woman(arm, cutOff Length) (Class, error) {
	switch {
	case cutOff < womanCutOffMin || cutOff > womanCutOffMax:
		return Unclassed, fmt.Errorf("%d mm: %w", cutOff/Millimetre, ErrCutOff)
	case arm <= 0:
		return Unclassed, nil
	case arm < cutOff:
		return Low, nil
	}
	return Normal, nil
}

// criteriaNames are codes in records and files, in the order of the bits.
var criteriaNames = [...]string{"weight-for-stature", "muac", "oedema"}

// all is every combination, so that a name costs nothing.
var all = func() (out [1 << len(criteriaNames)]string) {
	for set := range out {
		var names []string
		for bit, name := range criteriaNames {
			if set>>bit&1 == 1 {
				names = append(names, name)
			}
		}
		out[set] = strings.Join(names, "+")
	}
	return out
}()

// String joins the codes of the criteria by "+"; empty for none.
func (c Criteria) String() string { return all[int(c)%len(all)] }
