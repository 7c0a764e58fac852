package lms

// Visit is what counts of a child at one visit when two visits are held against each other. Whatever is zero was not
// measured.
type Visit struct {
	Day     int32 // days on any axis that both visits share: age, or the date
	Weight  Mass
	Stature Stature // corrected
	Head    Length
}

// Doubt is something about a second visit that children do not do. It is shown before saving, and somebody looks again.
type Doubt uint8

// One bit each.
const (
	Shrunk     Doubt = 1 << iota // shorter than before
	Shot                         // longer than anybody grows in that time
	Wasted                       // lighter than anybody becomes in that time
	Swelled                      // heavier than anybody becomes in that time
	HeadShrunk                   // a smaller head than before
)

// Steps bound what a child can do between two visits. They are this project's own, wide enough for a newborn's growth and
// for catching up after starvation, and settings.
type Steps struct {
	Fall        Length // by how much a stature or head may fall: the error of measuring that is let pass
	GrowthADay  Length // the fastest growth
	GrowthFree  Length // and what is added for errors at both visits
	ChangeADay  int64  // the fastest change of weight, in thousandths of the earlier weight
	ChangeFree  int64  // and what is added for clothes, meals and errors, in thousandths
	ChangeWorst int64  // no child survives a greater loss, in thousandths
}

// DefaultSteps: newborns grow 1.2 mm a day; the fastest weight gain in recovery is 20 g per kg and day, and a day's
// diarrhoea costs 10 % of weight.
func DefaultSteps() Steps {
	return Steps{Fall: 0, GrowthADay: 2 * Millimetre, GrowthFree: 2 * Centimetre, ChangeADay: 20, ChangeFree: 100, ChangeWorst: 400}
}

// Doubts holds now against before. A visit that is not after the other raises none of time.
func (s Steps) Doubts(before, now Visit) (d Doubt) {
	days := int64(now.Day) - int64(before.Day)
	if days < 0 {
		return 0
	}
	if a, b := int64(before.Stature.Corrected), int64(now.Stature.Corrected); a > 0 && b > 0 {
		if b < a-int64(s.Fall) {
			d |= Shrunk
		}
		if b > a+int64(s.GrowthFree)+days*int64(s.GrowthADay) {
			d |= Shot
		}
	}
	if before.Head > 0 && now.Head > 0 && now.Head < before.Head-s.Fall {
		d |= HeadShrunk
	}
	return d | s.weight(int64(before.Weight), int64(now.Weight), days)
}

func (s Steps) weight(before, now, days int64) Doubt {
	if before <= 0 || now <= 0 {
		return 0
	}
	rise := s.ChangeFree + days*s.ChangeADay
	fall := min(rise, s.ChangeWorst)
	switch change := (now - before) * 1000; {
	case change > rise*before:
		return Swelled
	case change < -fall*before:
		return Wasted
	}
	return 0
}
