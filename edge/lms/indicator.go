package lms

// Indicator is one of the things that a child is scored by.
type Indicator uint8

// The first five are one child's everyday scores.
const (
	WeightForAge Indicator = iota
	StatureForAge
	WeightForStature
	BMIForAge
	HeadForAge
	ArmForAge
	SubscapularForAge
	TricepsForAge

	// Indicators is how many there are.
	Indicators = int(TricepsForAge) + 1
)

// names are the abbreviations in surveys' files.
var names = [Indicators]string{"waz", "haz", "whz", "baz", "hcz", "acz", "ssz", "tsz"}

// String is the indicator's abbreviation in a survey's file: "waz".
func (i Indicator) String() string {
	if int(i) >= Indicators {
		return "none"
	}
	return names[i]
}

// span is what a score may be without a flag, in hundredths, both ends included.
type span struct{ below, above int32 }

// flagged are WHO's limits of what is biologically plausible.
// Source: WHO Child Growth Standards, as the WHO anthro software flags.
var flagged = [Indicators]span{
	WeightForAge:      {-600, 500},
	StatureForAge:     {-600, 600},
	WeightForStature:  {-500, 500},
	BMIForAge:         {-500, 500},
	HeadForAge:        {-500, 500},
	ArmForAge:         {-500, 500},
	SubscapularForAge: {-500, 500},
	TricepsForAge:     {-500, 500},
}

// byAge is the table of an indicator that goes by age.
var byAge = [Indicators]Table{
	WeightForAge: WFA, StatureForAge: LHFA, BMIForAge: BMIFA, HeadForAge: HCFA, ArmForAge: ACFA, SubscapularForAge: SSFA, TricepsForAge: TSFA,
}

// skewed are the measures whose score is restricted; the two others have L = 1 and are straight throughout.
func (t Table) skewed() bool { return t != LHFA && t != HCFA }
