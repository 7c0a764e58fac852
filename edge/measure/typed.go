package measure

// Length is an accepted length or height.
type Length struct {
	Millimetres int
	Posture     Posture
	Asked       bool     // it was outside the usual range, and a person said that it is right
	Typed       []string // every text that was accepted, in order
}

// Arm is an accepted mid-upper arm circumference.
type Arm struct {
	Millimetres int
	Asked       bool
	Typed       []string
}

// stature is the part of a session in which lengths are typed.
type stature struct {
	plan    Plan
	values  []int64 // of this round
	texts   []string
	result  *Length
	unusual bool
}

func (s *stature) step() Step {
	switch {
	case s.plan.Posture == "", s.result != nil && !s.unusual:
		return ""
	case s.unusual:
		return StepConfirmLength
	}
	return again(StepLength, StepLengthAgain, len(s.values))
}

func (s *stature) enter(text string) error {
	mm, err := ParseCentimetres(text)
	if err != nil {
		return err
	}
	s.values, s.texts = append(s.values, int64(mm)), append(s.texts, text)
	i, j, ok := agree(s.values, lengthAgreeMM)
	switch {
	case ok:
		mean := int(s.values[i]+s.values[j]+1) / 2
		s.result, s.unusual = &Length{Millimetres: mean, Posture: s.plan.Posture, Typed: s.texts}, !s.usual(mean)
	case len(s.values) == tries:
		s.values = nil
		return ErrDisagree
	}
	return nil
}

func (s *stature) usual(mm int) bool {
	if s.plan.Posture == Lying {
		return mm >= lyingMinMM && mm <= lyingMaxMM
	}
	return mm >= standingMinMM && mm <= standingMaxMM
}

func (s *stature) confirm(right bool) {
	if !right {
		s.restart()
		return
	}
	s.result.Asked, s.unusual = true, false
}

func (s *stature) restart() { s.values, s.result, s.unusual = nil, nil, false }

// arm is the part of a session in which the tape's reading is typed, once: a tape is read again if the value is unusual.
type arm struct {
	plan    Plan
	texts   []string
	result  *Arm
	unusual bool
}

func (a *arm) step() Step {
	switch {
	case !a.plan.MUAC, a.result != nil && !a.unusual:
		return ""
	case a.unusual:
		return StepConfirmMUAC
	}
	return StepMUAC
}

func (a *arm) enter(text string) error {
	mm, err := ParseMillimetres(text)
	if err != nil {
		return err
	}
	least, most := childArmMinMM, childArmMaxMM
	if a.plan.Subject == Adult {
		least, most = adultArmMinMM, adultArmMaxMM
	}
	a.texts = append(a.texts, text)
	a.result, a.unusual = &Arm{Millimetres: mm, Typed: a.texts}, mm < least || mm > most
	return nil
}

func (a *arm) confirm(right bool) {
	if !right {
		a.restart()
		return
	}
	a.result.Asked, a.unusual = true, false
}

func (a *arm) restart() { a.result, a.unusual = nil, false }
