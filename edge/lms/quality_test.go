package lms_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"markaz.example/edge/lms"
)

func TestSettle(t *testing.T) {
	limit := lms.DefaultLimits().Stature
	for _, tt := range []struct {
		readings []lms.Length
		mean     lms.Length
		verdict  lms.Verdict
	}{
		{nil, 0, lms.Another},
		{[]lms.Length{mm(753)}, 0, lms.Another},
		{[]lms.Length{mm(753), mm(760)}, 756_500, lms.Agreed},
		{[]lms.Length{mm(753), mm(761)}, 0, lms.Another},
		{[]lms.Length{mm(753), mm(761), mm(760)}, 760_500, lms.Agreed},
		{[]lms.Length{mm(753), mm(753), mm(900)}, mm(753), lms.Agreed},
		{[]lms.Length{mm(750), mm(760), mm(755)}, mm(755), lms.Agreed},
		{[]lms.Length{mm(750), mm(760), mm(770)}, 0, lms.Anew},
		{[]lms.Length{mm(750), mm(760), mm(800)}, 0, lms.Anew},
		{[]lms.Length{1, 2}, 2, lms.Agreed},
	} {
		if mean, v := lms.Settle(tt.readings, limit); mean != tt.mean || v != tt.verdict {
			t.Errorf("%v: %d, %d; want %d, %d", tt.readings, mean, v, tt.mean, tt.verdict)
		}
	}
}

// What readings come to does not depend on their order, and lies between them.
func TestSettleInAnyOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := rapid.SliceOfN(rapid.Int32Range(1, 300_000_000), 3, 3).Draw(rt, "readings")
		a, b, c := lms.Mass(r[0]), lms.Mass(r[1]), lms.Mass(r[2])
		limit := lms.Mass(rapid.Int32Range(0, 300_000_000).Draw(rt, "limit"))
		mean, v := lms.Settle([]lms.Mass{a, b, c}, limit)
		other, w := lms.Settle([]lms.Mass{c, a, b}, limit)
		if mean != other || v != w || v == lms.Another {
			rt.Fatalf("%d, %d and %d, %d", mean, v, other, w)
		}
		if v == lms.Agreed && (mean < min(a, b, c) || mean > max(a, b, c)) {
			rt.Fatalf("mean %d of %v", mean, r)
		}
	})
}

func TestLimits(t *testing.T) {
	if err := lms.DefaultLimits().Check(); err != nil {
		t.Error(err)
	}
	for name, l := range map[string]lms.Limits{
		"nothing": {}, "a ton": {Weight: 2 * lms.Kilogram, Stature: mm(7), Head: mm(5), Arm: mm(5)}, "a metre": {Weight: 100 * lms.Gram, Stature: mm(1000), Head: mm(5), Arm: mm(5)},
	} {
		if l.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func visit(day int32, kg float64, millimetres, head int) lms.Visit {
	return lms.Visit{Day: day, Weight: lms.Mass(kg * 1e6), Stature: lms.Stature{Corrected: mm(millimetres)}, Head: mm(head)}
}

func TestDoubts(t *testing.T) {
	before := visit(100, 6, 610, 400)
	for name, tt := range map[string]struct {
		now  lms.Visit
		want lms.Doubt
	}{
		"a month's growth":       {visit(130, 6.8, 632, 410), 0},
		"shorter":                {visit(130, 6.8, 609, 410), lms.Shrunk},
		"a digit too many":       {visit(130, 6.8, 700, 410), lms.Shot},
		"the same day, the same": {visit(100, 6, 610, 400), 0},
		"starved to the bone":    {visit(190, 3.5, 625, 400), lms.Wasted},
		"a day of diarrhoea":     {visit(101, 5.4, 610, 400), 0},
		"half gone in a day":     {visit(101, 4, 610, 400), lms.Wasted},
		"pounds for kilograms":   {visit(130, 15, 632, 410), lms.Swelled},
		"a smaller head":         {visit(130, 6.8, 632, 390), lms.HeadShrunk},
		"nothing measured":       {visit(130, 0, 0, 0), 0},
		"the other way round":    {visit(50, 12, 300, 100), 0},
	} {
		if got := lms.DefaultSteps().Doubts(before, tt.now); got != tt.want {
			t.Errorf("%s: %b, want %b", name, got, tt.want)
		}
	}
}

func TestDigits(t *testing.T) {
	var even, round lms.Digits
	for i := range 100 {
		even.Add(mm(700 + i))
		round.Add(mm(700 + 5*(i%2)))
		round.AddWeight(lms.Mass(i) * 5 * 100 * lms.Gram)
	}
	even.Add(0)
	if zero, five := even.Rounded(); zero != 0.1 || five != 0.1 || even.Preference() != 0 || even.Count() != 100 {
		t.Errorf("even: %v %v %v", zero, five, even.Preference())
	}
	if zero, five := round.Rounded(); zero < 0.4 || five < 0.4 || math.Abs(round.Preference()-66.7) > 1 {
		t.Errorf("round: %v %v %v", zero, five, round.Preference())
	}
	var none lms.Digits
	if zero, _ := none.Rounded(); zero != 0 || none.Preference() != 0 {
		t.Error("nothing has a preference")
	}
}

func TestSpread(t *testing.T) {
	var s lms.Spread
	for _, h := range []int32{-200, -100, 0, 100, 200} {
		s.Add(lms.Score{Hundredths: h, Why: lms.Scored})
	}
	s.Add(lms.Score{Hundredths: -900, Why: lms.Scored, Flagged: true})
	s.Add(lms.Score{Why: lms.NoAge})
	if s.Count() != 5 || s.Flagged() != 1 || s.Mean() != 0 || math.Abs(s.Deviation()-math.Sqrt(2.5)) > 1e-12 {
		t.Errorf("%d %d %v %v", s.Count(), s.Flagged(), s.Mean(), s.Deviation())
	}
	var none lms.Spread
	if none.Mean() != 0 || none.Deviation() != 0 {
		t.Error("nothing has a spread")
	}
}
