package measure

// Problem is why something was not accepted, and what to do instead.
type Problem struct {
	Code string // stable; keys the translations: "measure.unsteady"
	Text string // for the log, and for whoever has no translation
}

func (p *Problem) Error() string { return p.Text }

// What Weigh answers. Compare with errors.Is.
var (
	ErrUnsteady  = &Problem{"measure.unsteady", "the weight is not steady: wait until the child lies still"}
	ErrOverload  = &Problem{"measure.overload", "too much is on the scale: take something off"}
	ErrUnderload = &Problem{"measure.underload", "the scale is below zero: empty it and press zero"}
	ErrEmpty     = &Problem{"measure.empty", "nobody is on the scale"}
	ErrNotLifted = &Problem{"measure.not-lifted", "the second weight must be a new one: lift the child off, then put it down again"}
	ErrScale     = &Problem{"measure.other-scale", "the first weight came from another scale: begin again on one"}
	ErrOrder     = &Problem{"measure.older", "this weight is older than the last one: take a new one"}
	ErrNoChild   = &Problem{"measure.no-child", "the weight with the child is not above the mother's: begin again with her alone"}
	ErrTooLate   = &Problem{"measure.too-late", "more than three minutes passed since she was weighed alone: begin again with her alone"}
)

// What Length and MUAC answer.
var (
	ErrNumber     = &Problem{"measure.number", "write only the number, such as 75.3"}
	ErrDigits     = &Problem{"measure.digits", "the number mixes two kinds of digits: write all of it in one"}
	ErrMarks      = &Problem{"measure.marks", "the number has more than one point or comma: write it with one, such as 75.3"}
	ErrDecimals   = &Problem{"measure.decimals", "one digit behind the point, such as 75.3; for 75 write 75 or 75.0"}
	ErrWhole      = &Problem{"measure.whole", "write the arm in millimetres without a point: 112, not 11.2"}
	ErrImpossible = &Problem{"measure.impossible", "nobody measures that: write centimetres, such as 75.3, and look for a missing point"}
	ErrGrams      = &Problem{"measure.grams", "three digits behind the point at most, such as 7.210"}
	ErrWeight     = &Problem{"measure.impossible-weight", "no child weighs that: write kilograms, such as 7.21, and look for a missing point"}
	ErrArm        = &Problem{"measure.impossible-arm", "no arm measures that: write millimetres, such as 112"}
)

// What any of them answers.
var (
	ErrDisagree = &Problem{"measure.disagree", "no two of the three agree: begin again"}
	ErrNotNow   = &Problem{"measure.not-now", "something else is to be done first"}
)
