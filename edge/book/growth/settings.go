package growth

import (
	"errors"
	"fmt"

	"markaz.example/edge/lms"
)

// Settings are what a programme decides on measuring and what follows.
type Settings struct {
	Figures  *lms.Figures
	Limits   lms.Limits // of two readings
	Steps    lms.Steps  // of two visits
	CutOffMM uint32     // of a woman's arm
	Rules    []Rule     // where a child goes next, gravest first
}

// ErrNoCutOff is reported where no programme said a woman's cut-off: protocols differ, and none is right by default.
var ErrNoCutOff = errors.New("say the cut-off of a woman's arm in mm, as the programme's protocol has it: 210 and 230 are both in use")

// Check reports every setting that cannot be used.
func (s Settings) Check() error {
	faults := []error{s.Limits.Check()}
	if s.CutOffMM < cutOffMinMM || s.CutOffMM > cutOffMaxMM {
		faults = append(faults, fmt.Errorf("%d mm: %w", s.CutOffMM, ErrNoCutOff))
	}
	if len(s.Rules) > rulesMax {
		faults = append(faults, fmt.Errorf("%d rules: at most %d", len(s.Rules), rulesMax))
	}
	for _, r := range s.Rules {
		faults = append(faults, r.Check())
	}
	return errors.Join(faults...)
}
