package growth

import (
	"errors"
	"fmt"

	"markaz.example/edge/id"
)

// Rule says where a child goes whose measurement has a class: "acute" of "severe" to the service "stabilisation".
type Rule struct {
	Of    string       // "acute", "stunting", "underweight", "wasting", "overweight", "muac", "oedema", or "flagged"
	Class string       // "severe"; of oedema "yes"; of flagged a score: "haz"
	Next  []id.Service // stops that follow, in order
}

// ErrRule is reported for a rule that no measurement can meet, or that leads nowhere.
var ErrRule = errors.New("a rule names a verdict, one of its classes, and where that leads")

// Check reports ErrRule.
func (r Rule) Check() error {
	known, ok := map[string][]string{
		"acute": deficits[1:], "stunting": deficits[1:], "underweight": deficits[1:], "wasting": deficits[1:], "muac": deficits[1:],
		"overweight": excesses[1:], "oedema": oedemas[1:], "flagged": scoreNames,
	}[r.Of]
	if !ok || oneOf("class", r.Class, known) != nil || len(r.Next) == 0 || len(r.Next) > stopsMax {
		return fmt.Errorf("rule %.20q %.20q to %d stops: %w", r.Of, r.Class, len(r.Next), ErrRule)
	}
	var faults []error
	for _, s := range r.Next {
		faults = append(faults, s.Check())
	}
	return errors.Join(faults...)
}

// meets reports whether a measurement has what the rule speaks of.
func (r Rule) meets(e Measured) bool {
	if r.Of == "flagged" {
		return oneOf("flag", r.Class, e.Flagged) == nil
	}
	verdict := map[string]string{
		"acute": e.Acute, "stunting": e.Stunting, "underweight": e.Underweight, "wasting": e.Wasting, "muac": e.ArmClass,
		"overweight": e.Overweight, "oedema": e.Oedema,
	}[r.Of]
	return verdict != "" && verdict == r.Class
}

// Follow is what follows from a measurement: the stops of the first rule that it meets. Rules are in order of gravity, so
// that a child with severe wasting is not sent to the talk on stunting first. None: nothing follows.
func Follow(rules []Rule, e Measured) []id.Service {
	for _, r := range rules {
		if r.meets(e) {
			return r.Next
		}
	}
	return nil
}
