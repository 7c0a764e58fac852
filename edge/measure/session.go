package measure

import (
	"errors"
	"fmt"
)

// Subject is whom a measurement is about.
type Subject string

// Those who are measured here.
const (
	Infant Subject = "infant"
	Adult  Subject = "adult"
)

// Posture is how a length was taken.
type Posture string

// On the board, or at the wall.
const (
	Lying    Posture = "lying"
	Standing Posture = "standing"
)

// Plan is what a desk wants to know of one person.
type Plan struct {
	Subject   Subject
	Weight    bool    //
	Held      bool    // the child is weighed in its mother's arms
	Posture   Posture // how length is taken; empty for not at all
	MUAC      bool    // arm circumference by tape
	DivisionG int64   // smallest step of the scale, in grams; 1 to 1,000 when there is a weight
}

// Check reports a plan that nobody could carry out.
func (p Plan) Check() error {
	switch {
	case p.Subject != Infant && p.Subject != Adult:
		return fmt.Errorf("plan: subject %q is neither infant nor adult", p.Subject)
	case !p.Weight && p.Posture == "" && !p.MUAC:
		return errors.New("plan: nothing is to be measured")
	case p.Weight && (p.DivisionG < 1 || p.DivisionG > 1000):
		return fmt.Errorf("plan: a scale with steps of %d g is none", p.DivisionG)
	case p.Held && (p.Subject != Infant || !p.Weight):
		return errors.New("plan: only an infant that is weighed can be held")
	case p.Posture != "" && p.Posture != Lying && p.Posture != Standing, p.Posture == Lying && p.Subject == Adult:
		return fmt.Errorf("plan: a %s is not measured %q", p.Subject, p.Posture)
	}
	return nil
}

// Step is what the desk has to do next. Each keys a text and a picture.
type Step string

// In the order in which a session may ask for them.
const (
	StepMotherAlone    Step = "mother-alone"     // she stands on the scale without the child
	StepMotherAgain    Step = "mother-again"     // steps off and on again
	StepWithChild      Step = "with-child"       // hand her the child
	StepWithChildAgain Step = "with-child-again" // she steps off and on again with it
	StepWeigh          Step = "weigh"            // put the child, or the person, on the scale
	StepWeighAgain     Step = "weigh-again"      // lift off, then on again
	StepConfirmWeight  Step = "confirm-weight"   // is this unusual weight right?
	StepLength         Step = "length"           // measure and type centimetres
	StepLengthAgain    Step = "length-again"     // measure anew and type, without seeing the first
	StepConfirmLength  Step = "confirm-length"   //
	StepMUAC           Step = "muac"             // type millimetres
	StepConfirmMUAC    Step = "confirm-muac"     //
	StepDone           Step = "done"             // Measurement is complete
)

// Measurement is everything that was accepted of one person, and what it was made of.
type Measurement struct {
	Subject Subject
	Weight  *Weight // nil when it was not planned
	Length  *Length // nil when it was not planned
	MUAC    *Arm    // nil when it was not planned
}

// Session is the measuring of one person, step by step. It is not for several goroutines at once.
type Session struct {
	plan   Plan
	weight weighing
	length stature
	muac   arm
}

// NewSession begins; the error is Check's.
func NewSession(p Plan) (*Session, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	return &Session{plan: p, weight: weighing{plan: p}, length: stature{plan: p}, muac: arm{plan: p}}, nil
}

// part is a piece of a session that asks for one thing.
type part interface {
	step() Step // empty when nothing is left to do
	confirm(right bool)
	restart()
}

// present is the part whose turn it is; nil when all is done.
func (s *Session) present() part {
	for _, p := range []part{&s.weight, &s.length, &s.muac} {
		if p.step() != "" {
			return p
		}
	}
	return nil
}

// Step is what is to be done now.
func (s *Session) Step() Step {
	if p := s.present(); p != nil {
		return p.step()
	}
	return StepDone
}

// Observe is told every reading of the scale as it comes, so that the session sees a person being lifted off. It
// accepts nothing.
func (s *Session) Observe(r Reading) { s.weight.observe(r) }

// Weigh offers a reading: whoever holds the child says "now". A Problem tells why it was not accepted, or that all begins
// again; Step says what is next either way.
func (s *Session) Weigh(r Reading) error {
	if s.present() != part(&s.weight) || s.weight.unusual {
		return ErrNotNow
	}
	return s.weight.weigh(r)
}

// Length takes typed centimetres.
func (s *Session) Length(text string) error {
	if s.present() != part(&s.length) || s.length.unusual {
		return ErrNotNow
	}
	return s.length.enter(text)
}

// MUAC takes typed millimetres.
func (s *Session) MUAC(text string) error {
	if s.present() != part(&s.muac) || s.muac.unusual {
		return ErrNotNow
	}
	return s.muac.enter(text)
}

// Asking is the unusual value that waits for a person's word, in grams or millimetres as Step says.
func (s *Session) Asking() (value int64, ok bool) {
	switch s.Step() {
	case StepConfirmWeight:
		return s.weight.result.Grams, true
	case StepConfirmLength:
		return int64(s.length.result.Millimetres), true
	case StepConfirmMUAC:
		return int64(s.muac.result.Millimetres), true
	}
	return 0, false
}

// Confirm answers what is asked: right keeps the value as it is and remembers that it was asked about, wrong takes it
// anew. ErrNotNow when nothing is asked.
func (s *Session) Confirm(right bool) error {
	if _, asked := s.Asking(); !asked {
		return ErrNotNow
	}
	s.present().confirm(right)
	return nil
}

// Restart takes the present thing anew: the child cried, the board slipped. What is finished stays.
func (s *Session) Restart() {
	if p := s.present(); p != nil {
		p.restart()
	}
}

// Measurement is the result; ok is false until Step is StepDone.
func (s *Session) Measurement() (m Measurement, ok bool) {
	if s.Step() != StepDone {
		return Measurement{}, false
	}
	return Measurement{Subject: s.plan.Subject, Weight: s.weight.result, Length: s.length.result, MUAC: s.muac.result}, true
}
