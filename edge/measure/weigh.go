package measure

import "time"

// Reading is one weight as a scale said it.
type Reading struct {
	Grams     int64
	Text      string    // number and unit in the scale's own words
	Stable    bool      // the scale's driver believes it
	Overload  bool      //
	Underload bool      //
	Once      bool      // this scale speaks once a weighing, so each reading is a new placement
	Scale     string    // which scale: its serial number, or its name at this centre
	At        time.Time // when it was said
}

// Weight is an accepted weight and where it comes from.
type Weight struct {
	Grams int64
	Held  bool      // the difference of a mother with her child and without
	Asked bool      // it was outside the usual range, and a person said that it is right
	Used  []Reading // those that agreed: two, or for a held child two of her alone and then two with it
	All   []Reading // every one that was accepted, those that were thrown away too
}

// series is weighings of the same load.
type series struct {
	readings []Reading // at most three
	used     []Reading // the two that agree, once there are two
}

// add compares with those before. ErrDisagree empties it.
func (s *series) add(r Reading, within int64) error {
	s.readings = append(s.readings, r)
	var values []int64
	for _, r := range s.readings {
		values = append(values, r.Grams)
	}
	if i, j, ok := agree(values, within); ok {
		s.used = []Reading{s.readings[i], s.readings[j]}
		return nil
	}
	if len(s.readings) == tries {
		*s = series{}
		return ErrDisagree
	}
	return nil
}

func (s *series) settled() bool { return s.used != nil }

// grams is the mean of the two, half a gram rounded up.
func (s *series) grams() int64 { return (s.used[0].Grams + s.used[1].Grams + 1) / 2 }

// agree finds the two values that lie closest, the later ones if several do. There is nothing to find in fewer than two.
func agree(values []int64, within int64) (i, j int, ok bool) {
	best := within
	for b := range values {
		for a := range b {
			if d := max(values[a]-values[b], values[b]-values[a]); d <= best {
				i, j, ok, best = a, b, true, d
			}
		}
	}
	return i, j, ok
}

// weighing is the part of a session that the scale takes part in.
type weighing struct {
	plan    Plan
	alone   series // of the mother; used for a held child only
	load    series
	all     []Reading
	began   int  // where in all this round begins
	lifted  bool // the scale was seen empty since the last accepted reading
	result  *Weight
	unusual bool // the result waits for a person's word
}

func (w *weighing) step() Step {
	switch {
	case !w.plan.Weight, w.result != nil && !w.unusual:
		return ""
	case w.unusual:
		return StepConfirmWeight
	case w.plan.Held && !w.alone.settled():
		return again(StepMotherAlone, StepMotherAgain, len(w.alone.readings))
	case w.plan.Held:
		return again(StepWithChild, StepWithChildAgain, len(w.load.readings))
	}
	return again(StepWeigh, StepWeighAgain, len(w.load.readings))
}

func again(first, more Step, had int) Step {
	if had == 0 {
		return first
	}
	return more
}

// observe watches for the person being lifted off.
func (w *weighing) observe(r Reading) {
	if r.Underload || !r.Overload && magnitude(r.Grams) <= emptyDivisions*w.plan.DivisionG {
		w.lifted = true
	}
}

// current is the series that the next reading belongs to.
func (w *weighing) current() *series {
	if w.plan.Held && !w.alone.settled() {
		return &w.alone
	}
	return &w.load
}

func (w *weighing) weigh(r Reading) error {
	if err := w.acceptable(r); err != nil {
		return err
	}
	w.all = append(w.all, r)
	w.lifted = false
	s := w.current()
	if err := s.add(r, agreeDivisions*w.plan.DivisionG); err != nil {
		return err
	}
	if s == &w.load && s.settled() {
		return w.conclude()
	}
	return nil
}

// acceptable is about one reading and those before it.
func (w *weighing) acceptable(r Reading) error {
	switch {
	case r.Overload:
		return ErrOverload
	case r.Underload:
		return ErrUnderload
	case !r.Stable:
		return ErrUnsteady
	case r.Grams <= emptyDivisions*w.plan.DivisionG:
		return ErrEmpty
	case len(w.current().readings) > 0 && !w.lifted && !r.Once:
		return ErrNotLifted
	}
	if n := len(w.all); n > 0 && !r.At.After(w.all[n-1].At) {
		return ErrOrder
	}
	if len(w.all) > w.began && r.Scale != w.all[w.began].Scale {
		return ErrScale
	}
	return nil
}

// conclude makes the weight, or begins anew with the reason.
func (w *weighing) conclude() error {
	weight := &Weight{Grams: w.load.grams(), Held: w.plan.Held, Used: w.load.used, All: w.all}
	if w.plan.Held {
		weight.Used = append(append([]Reading{}, w.alone.used...), w.load.used...)
		weight.Grams -= w.alone.grams()
		switch {
		case weight.Grams <= 0:
			w.restart()
			return ErrNoChild
		case span(weight.Used) >= heldWithin:
			w.restart()
			return ErrTooLate
		}
	}
	w.result, w.unusual = weight, !w.usual(weight)
	return nil
}

// usual is the range of whom the weight is about; for a held child the mother's weight must be usual too.
func (w *weighing) usual(weight *Weight) bool {
	least, most := int64(infantMinG), int64(infantMaxG)
	if w.plan.Subject == Adult {
		least, most = adultMinG, adultMaxG
	}
	if w.plan.Held && (w.alone.grams() < adultMinG || w.alone.grams() > adultMaxG) {
		return false
	}
	return weight.Grams >= least && weight.Grams <= most
}

func (w *weighing) confirm(right bool) {
	if !right {
		w.restart()
		return
	}
	w.result.Asked, w.unusual = true, false
}

// restart forgets the weighings; what was read stays in the record, and another scale may be taken.
func (w *weighing) restart() {
	w.alone, w.load, w.result, w.unusual = series{}, series{}, nil, false
	w.began = len(w.all)
}

func span(readings []Reading) time.Duration {
	first, last := readings[0].At, readings[0].At
	for _, r := range readings {
		if r.At.Before(first) {
			first = r.At
		}
		if r.At.After(last) {
			last = r.At
		}
	}
	return last.Sub(first)
}

func magnitude(n int64) int64 { return max(n, -n) }
