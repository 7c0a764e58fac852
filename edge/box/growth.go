package box

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"markaz.example/edge/book/growth"
	"markaz.example/edge/id"
	"markaz.example/edge/lms"
)

// Growth is how children are measured and scored here, and what follows.
type Growth struct {
	Figures  string       `toml:"figures"`          // file of WHO's figures; empty means those that are built in
	CutOffMM uint32       `toml:"woman_cut_off_mm"` // of a pregnant or breastfeeding woman's arm, by the programme's protocol
	WeightG  int          `toml:"weight_limit_g"`   // two readings may differ by so much; 0 means 100
	Stature  int          `toml:"stature_limit_mm"` // 0 means 7
	HeadMM   int          `toml:"head_limit_mm"`    // 0 means 5
	ArmMM    int          `toml:"arm_limit_mm"`     // 0 means 5
	Rules    []GrowthRule `toml:"rule"`             // what follows from a verdict; the first that is met counts
}

// GrowthRule is where a child goes next.
type GrowthRule struct {
	Of    string       `toml:"of"`    // acute, stunting, underweight, wasting, overweight, muac, oedema or flagged
	Class string       `toml:"class"` // normal, moderate, severe; overweight, obese; yes; of flagged a score, such as haz
	Next  []id.Service `toml:"next"`  // services, in order
}

// settings are what the configuration says, without the figures.
func (g Growth) settings() growth.Settings {
	usual := lms.DefaultLimits()
	s := growth.Settings{Steps: lms.DefaultSteps(), CutOffMM: g.CutOffMM, Limits: lms.Limits{
		Weight:  cmp.Or(lms.Mass(bounded(g.WeightG))*lms.Gram, usual.Weight),
		Stature: cmp.Or(lms.Length(bounded(g.Stature))*lms.Millimetre, usual.Stature),
		Head:    cmp.Or(lms.Length(bounded(g.HeadMM))*lms.Millimetre, usual.Head),
		Arm:     cmp.Or(lms.Length(bounded(g.ArmMM))*lms.Millimetre, usual.Arm),
	}}
	for _, r := range g.Rules {
		s.Rules = append(s.Rules, growth.Rule(r))
	}
	return s
}

// bounded keeps what is far too large from overflowing on its way to the check that refuses it.
func bounded(n int) int { return min(max(n, -1), 1_000_000) }

// check reports settings that cannot be used, and rules to services that are not offered.
func (g Growth) check(offered []Service) error {
	var faults []error
	if err := g.settings().Check(); err != nil {
		faults = append(faults, fmt.Errorf("growth: %w", err))
	}
	for _, r := range g.Rules {
		for _, next := range r.Next {
			if !slices.ContainsFunc(offered, func(s Service) bool { return s.Code == next }) {
				faults = append(faults, fmt.Errorf("growth.rule: there is no service %q: use the code of a [[service]]", next))
			}
		}
	}
	return errors.Join(faults...)
}

// openGrowth reads the figures, so that a file that cannot be used stops the start and not a child's visit.
func (b *Box) openGrowth() (err error) {
	if b.Growth == nil {
		return nil
	}
	b.growth = b.Growth.settings()
	if b.growth.Figures, err = lms.Open(b.Growth.Figures); err != nil {
		return err
	}
	b.Log.Info("growth figures", "version", b.growth.Figures.Version, "source", b.growth.Figures.Source)
	return nil
}
