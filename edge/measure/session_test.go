package measure

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var began = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// act is one thing that happens at a desk.
type act struct {
	do    string // weigh, lift, length, muac, yes, no, restart
	grams int64
	text  string
	at    int // seconds since the beginning
	with  func(*Reading)
	want  error
	then  Step
}

func (a act) reading() Reading {
	r := Reading{Grams: a.grams, Text: fmt.Sprintf("%d g", a.grams), Stable: true, Scale: "B1", At: began.Add(time.Duration(a.at) * time.Second)}
	if a.with != nil {
		a.with(&r)
	}
	return r
}

func (a act) on(s *Session) error {
	switch a.do {
	case "weigh":
		r := a.reading()
		s.Observe(r)
		return s.Weigh(r)
	case "lift":
		s.Observe(Reading{Grams: a.grams})
	case "length":
		return s.Length(a.text)
	case "muac":
		return s.MUAC(a.text)
	case "yes", "no":
		return s.Confirm(a.do == "yes")
	case "restart":
		s.Restart()
	}
	return nil
}

func weigh(at int, grams int64, want error, then Step) act {
	return act{do: "weigh", at: at, grams: grams, want: want, then: then}
}

func with(a act, change func(*Reading)) act { a.with = change; return a }

func typing(do, text string, want error, then Step) act {
	return act{do: do, text: text, want: want, then: then}
}

func lift(then Step) act { return act{do: "lift", then: then} }

var (
	infant = Plan{Subject: Infant, Weight: true, DivisionG: 10}
	held   = Plan{Subject: Infant, Weight: true, Held: true, DivisionG: 100}
	adult  = Plan{Subject: Adult, Weight: true, DivisionG: 100}
	board  = Plan{Subject: Infant, Posture: Lying}
	tape   = Plan{Subject: Infant, MUAC: true}
)

func TestStories(t *testing.T) {
	for _, c := range []struct {
		name  string
		plan  Plan
		acts  []act
		grams int64 // of the weight at the end; 0 for not done
		mm    int   // of length or arm
	}{
		{"a child twice", infant, []act{
			weigh(1, 4250, nil, StepWeighAgain), lift(StepWeighAgain), weigh(9, 4270, nil, StepDone),
		}, 4260, 0},
		{"a third decides", infant, []act{
			weigh(1, 4250, nil, StepWeighAgain), lift(StepWeighAgain), weigh(9, 4300, nil, StepWeighAgain), lift(StepWeighAgain),
			weigh(15, 4290, nil, StepDone),
		}, 4295, 0},
		{"three that disagree", infant, []act{
			weigh(1, 4250, nil, StepWeighAgain), lift(StepWeighAgain), weigh(9, 4300, nil, StepWeighAgain), lift(StepWeighAgain),
			weigh(15, 4350, ErrDisagree, StepWeigh), weigh(20, 4250, nil, StepWeighAgain), lift(StepWeighAgain), weigh(25, 4250, nil, StepDone),
		}, 4250, 0},
		{"what is no weight", infant, []act{
			with(weigh(1, 4250, ErrUnsteady, StepWeigh), func(r *Reading) { r.Stable = false }),
			with(weigh(2, 0, ErrOverload, StepWeigh), func(r *Reading) { r.Overload = true }),
			with(weigh(3, 0, ErrUnderload, StepWeigh), func(r *Reading) { r.Underload = true }),
			weigh(4, 0, ErrEmpty, StepWeigh), weigh(5, -4250, ErrEmpty, StepWeigh), weigh(6, 100, ErrEmpty, StepWeigh),
			weigh(7, 4250, nil, StepWeighAgain), weigh(8, 4250, ErrNotLifted, StepWeighAgain), lift(StepWeighAgain),
			with(weigh(9, 4250, ErrScale, StepWeighAgain), func(r *Reading) { r.Scale = "B2" }),
			weigh(7, 4250, ErrOrder, StepWeighAgain), weigh(10, 4250, nil, StepDone),
		}, 4250, 0},
		{"a scale that speaks once", infant, []act{
			with(weigh(1, 4250, nil, StepWeighAgain), func(r *Reading) { r.Once = true }),
			with(weigh(9, 4250, nil, StepDone), func(r *Reading) { r.Once = true }),
		}, 4250, 0},
		{"another scale after beginning anew", infant, []act{
			weigh(1, 4250, nil, StepWeighAgain), {do: "restart", then: StepWeigh},
			with(weigh(2, 4250, nil, StepWeighAgain), func(r *Reading) { r.Scale = "B2" }), lift(StepWeighAgain),
			with(weigh(3, 4250, nil, StepDone), func(r *Reading) { r.Scale = "B2" }),
		}, 4250, 0},
		{"an unusual weight that is right", infant, []act{
			weigh(1, 950, nil, StepWeighAgain), lift(StepWeighAgain), weigh(9, 950, nil, StepConfirmWeight),
			weigh(10, 950, ErrNotNow, StepConfirmWeight), {do: "yes", then: StepDone}, {do: "yes", want: ErrNotNow, then: StepDone},
		}, 950, 0},
		{"an unusual weight that is wrong", infant, []act{
			weigh(1, 22_000, nil, StepWeighAgain), lift(StepWeighAgain), weigh(9, 22_000, nil, StepConfirmWeight), {do: "no", then: StepWeigh},
			weigh(10, 12_000, nil, StepWeighAgain), lift(StepWeighAgain), weigh(19, 12_000, nil, StepDone),
		}, 12_000, 0},
		{"a mother", adult, []act{
			weigh(1, 58_200, nil, StepWeighAgain), lift(StepWeighAgain), weigh(9, 58_400, nil, StepDone),
		}, 58_300, 0},
		{"a child in its mother's arms", held, []act{
			weigh(1, 58_200, nil, StepMotherAgain), lift(StepMotherAgain), weigh(9, 58_300, nil, StepWithChild),
			weigh(30, 66_100, nil, StepWithChildAgain), lift(StepWithChildAgain), weigh(50, 66_100, nil, StepDone),
		}, 7850, 0},
		{"too late", held, []act{
			weigh(0, 58_200, nil, StepMotherAgain), lift(StepMotherAgain), weigh(9, 58_200, nil, StepWithChild),
			weigh(30, 66_100, nil, StepWithChildAgain), lift(StepWithChildAgain), weigh(180, 66_100, ErrTooLate, StepMotherAlone),
		}, 0, 0},
		{"just in time", held, []act{
			weigh(0, 58_200, nil, StepMotherAgain), lift(StepMotherAgain), weigh(9, 58_200, nil, StepWithChild),
			weigh(30, 66_100, nil, StepWithChildAgain), lift(StepWithChildAgain), weigh(179, 66_100, nil, StepDone),
		}, 7900, 0},
		{"three steps of the display apart", infant, []act{
			weigh(1, 4250, nil, StepWeighAgain), lift(StepWeighAgain), weigh(9, 4280, nil, StepWeighAgain),
		}, 0, 0},
		{"a mother who is unusual", held, []act{
			weigh(1, 210_000, nil, StepMotherAgain), lift(StepMotherAgain), weigh(9, 210_000, nil, StepWithChild),
			weigh(30, 217_000, nil, StepWithChildAgain), lift(StepWithChildAgain), weigh(50, 217_000, nil, StepConfirmWeight), {do: "yes", then: StepDone},
		}, 7000, 0},
		{"no child in her arms", held, []act{
			weigh(1, 58_200, nil, StepMotherAgain), lift(StepMotherAgain), weigh(9, 58_200, nil, StepWithChild), lift(StepWithChild),
			weigh(30, 58_200, nil, StepWithChildAgain), lift(StepWithChildAgain), weigh(50, 58_200, ErrNoChild, StepMotherAlone),
		}, 0, 0},
		{"a length twice", board, []act{
			typing("length", "75.3", nil, StepLengthAgain), typing("length", "۷۵٫۸", nil, StepDone),
		}, 0, 756},
		{"half a centimetre and more", board, []act{
			typing("length", "75.3", nil, StepLengthAgain), typing("length", "75.9", nil, StepLengthAgain), typing("length", "75.7", nil, StepDone),
		}, 0, 758},
		{"three lengths that disagree", board, []act{
			typing("length", "75", nil, StepLengthAgain), typing("length", "76", nil, StepLengthAgain), typing("length", "77", ErrDisagree, StepLength),
		}, 0, 0},
		{"a length that is refused", board, []act{
			typing("length", "753", ErrImpossible, StepLength), typing("length", "75.3", nil, StepLengthAgain),
			typing("length", "75.35", ErrDecimals, StepLengthAgain), typing("muac", "112", ErrNotNow, StepLengthAgain), typing("length", "75.3", nil, StepDone),
		}, 0, 753},
		{"an unusual length", board, []act{
			typing("length", "39.9", nil, StepLengthAgain), typing("length", "39.9", nil, StepConfirmLength), {do: "no", then: StepLength},
			typing("length", "38", nil, StepLengthAgain), typing("length", "38", nil, StepConfirmLength),
			typing("length", "38", ErrNotNow, StepConfirmLength), {do: "yes", then: StepDone},
		}, 0, 380},
		{"an arm", tape, []act{typing("muac", "11.2", ErrWhole, StepMUAC), typing("muac", "۱۱۲", nil, StepDone)}, 0, 112},
		{"an unusual arm", tape, []act{
			typing("muac", "300", nil, StepConfirmMUAC), {do: "no", then: StepMUAC}, typing("muac", "50", nil, StepConfirmMUAC), {do: "yes", then: StepDone},
		}, 0, 50},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := NewSession(c.plan)
			if err != nil {
				t.Fatal(err)
			}
			for i, a := range c.acts {
				if err := a.on(s); !errors.Is(err, a.want) || s.Step() != a.then {
					t.Fatalf("act %d, %s: %v, then %q; want %v, then %q", i+1, a.do, err, s.Step(), a.want, a.then)
				}
			}
			m, ok := s.Measurement()
			if grams, mm := sizes(m); ok != (c.grams+int64(c.mm) > 0) || grams != c.grams || mm != c.mm {
				t.Errorf("%d g, %d mm, done %v; want %d g, %d mm", grams, mm, ok, c.grams, c.mm)
			}
		})
	}
}

func sizes(m Measurement) (grams int64, mm int) {
	if m.Weight != nil {
		grams = m.Weight.Grams
	}
	if m.Length != nil {
		mm = m.Length.Millimetres
	}
	if m.MUAC != nil {
		mm = m.MUAC.Millimetres
	}
	return grams, mm
}

func TestWholeVisit(t *testing.T) {
	s, err := NewSession(Plan{Subject: Infant, Weight: true, DivisionG: 10, Posture: Lying, MUAC: true})
	if err != nil {
		t.Fatal(err)
	}
	first, second := weigh(1, 7250, nil, "").reading(), weigh(9, 7250, nil, "").reading()
	for _, a := range []act{
		typing("length", "66", ErrNotNow, StepWeigh),
		weigh(1, 7250, nil, StepWeighAgain), lift(StepWeighAgain), weigh(9, 7250, nil, StepLength),
		weigh(12, 7250, ErrNotNow, StepLength), {do: "restart", then: StepLength},
		typing("length", "66", nil, StepLengthAgain), typing("length", "66.2", nil, StepMUAC), typing("muac", "131", nil, StepDone),
	} {
		if err := a.on(s); !errors.Is(err, a.want) || s.Step() != a.then {
			t.Fatalf("%s: %v, then %q; want %v, then %q", a.do, err, s.Step(), a.want, a.then)
		}
	}
	got, ok := s.Measurement()
	want := Measurement{
		Subject: Infant,
		Weight:  &Weight{Grams: 7250, Used: []Reading{first, second}, All: []Reading{first, second}},
		Length:  &Length{Millimetres: 661, Posture: Lying, Typed: []string{"66", "66.2"}},
		MUAC:    &Arm{Millimetres: 131, Typed: []string{"131"}},
	}
	if diff := cmp.Diff(want, got); diff != "" || !ok {
		t.Errorf("done %v (-want +got):\n%s", ok, diff)
	}
}

func TestPlansThatCannotBe(t *testing.T) {
	for _, p := range []Plan{
		{}, {Subject: Infant}, {Subject: "cat", MUAC: true}, {Subject: Adult, Weight: true, Held: true, DivisionG: 100},
		{Subject: Infant, Held: true, MUAC: true}, {Subject: Infant, Weight: true}, {Subject: Adult, Posture: Lying}, {Subject: Infant, Posture: "sitting"},
	} {
		if _, err := NewSession(p); err == nil {
			t.Errorf("%+v is accepted", p)
		}
	}
}

// anything draws an act, sensible or not.
func anything(rt *rapid.T, p Plan, i int) act {
	base := int64(7000)
	if p.Subject == Adult || p.Held {
		base = 60_000
	}
	a := act{
		do:    rapid.SampledFrom([]string{"weigh", "weigh", "weigh", "lift", "length", "length", "muac", "yes", "no", "restart"}).Draw(rt, "do"),
		grams: rapid.SampledFrom([]int64{0, base, base, base + 10, base + 20, base + 30, base + 7000, base + 7000, -base, 500, 250_000}).Draw(rt, "grams"),
		text:  rapid.SampledFrom([]string{"75.3", "75,5", "۷۵٫۳", "39", "112", "131", "300", "753", "x", ""}).Draw(rt, "text"),
		at:    10*i - rapid.SampledFrom([]int{0, 0, 0, 15}).Draw(rt, "late"),
	}
	stable, once := rapid.IntRange(0, 4).Draw(rt, "stable") > 0, rapid.Bool().Draw(rt, "once")
	over := rapid.IntRange(0, 9).Draw(rt, "over") == 0
	a.with = func(r *Reading) { r.Stable, r.Once, r.Overload = stable, once, over }
	if a.do == "lift" {
		a.grams = 0
	}
	return a
}

func plans(rt *rapid.T) Plan {
	p := rapid.SampledFrom([]Plan{infant, held, adult, board, tape}).Draw(rt, "plan")
	p.MUAC = p.MUAC || rapid.Bool().Draw(rt, "muac")
	return p
}

// Whatever people do, and in whatever order: what comes out keeps every promise of the package, and whatever state the
// session is in, someone who does as it says comes to an end.
func TestPromises(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := plans(rt)
		s, err := NewSession(p)
		if err != nil {
			rt.Fatal(err)
		}
		asked := map[Step]bool{}
		for i := range rapid.IntRange(0, 40).Draw(rt, "acts") {
			a, before := anything(rt, p, i+1), s.Step()
			if a.on(s) == nil && a.do == "yes" {
				asked[before] = true
			}
		}
		obey(rt, s, p, asked)
		m, ok := s.Measurement()
		if !ok {
			rt.Fatalf("not done at step %q", s.Step())
		}
		keeps(rt, p, m, asked)
	})
}

// obey does what the session asks, as a good operator does.
func obey(rt *rapid.T, s *Session, p Plan, asked map[Step]bool) {
	at := 10_000
	for range 20 {
		step := s.Step()
		grams := int64(7000)
		switch {
		case step == StepDone:
			return
		case slices.Contains([]Step{StepConfirmWeight, StepConfirmLength, StepConfirmMUAC}, step):
			asked[step] = true
			act{do: "yes"}.on(s)
			continue
		case step == StepLength, step == StepLengthAgain:
			act{do: "length", text: "75.3"}.on(s)
			continue
		case step == StepMUAC:
			act{do: "muac", text: "131"}.on(s)
			continue
		case step == StepWithChild, step == StepWithChildAgain:
			grams = 67_000
		case p.Subject == Adult || p.Held:
			grams = 60_000
		}
		at += 5
		act{do: "lift"}.on(s)
		act{do: "weigh", grams: grams, at: at}.on(s)
	}
	rt.Fatalf("whoever does as told is still at %q", s.Step())
}

func keeps(rt *rapid.T, p Plan, m Measurement, asked map[Step]bool) {
	if (m.Weight != nil) != p.Weight || (m.Length != nil) != (p.Posture != "") || (m.MUAC != nil) != p.MUAC {
		rt.Fatalf("%+v for plan %+v", m, p)
	}
	if w := m.Weight; w != nil {
		keepsWeight(rt, p, w)
		if w.Asked && !asked[StepConfirmWeight] {
			rt.Fatalf("a person is said to have confirmed %d g", w.Grams)
		}
	}
	if l := m.Length; l != nil {
		usual := l.Millimetres >= lyingMinMM && l.Millimetres <= lyingMaxMM
		if usual == l.Asked || len(l.Typed) < 2 || l.Asked && !asked[StepConfirmLength] {
			rt.Fatalf("length %+v", l)
		}
	}
}

func keepsWeight(rt *rapid.T, p Plan, w *Weight) {
	pairs := len(w.Used) / 2
	if p.Held != w.Held || pairs != 1 && !p.Held || pairs != 2 && p.Held {
		rt.Fatalf("%+v", w)
	}
	var sum int64
	for i := range pairs {
		a, b := w.Used[2*i], w.Used[2*i+1]
		if magnitude(a.Grams-b.Grams) > 2*p.DivisionG || !a.At.Before(b.At) || a.Scale != b.Scale {
			rt.Fatalf("%+v and %+v do not agree", a, b)
		}
		sum = (a.Grams+b.Grams+1)/2 - sum
	}
	if w.Grams != sum || w.Grams <= 0 || p.Held && span(w.Used) >= 3*time.Minute {
		rt.Fatalf("%d g from %+v", w.Grams, w.Used)
	}
	for _, r := range w.All {
		if !r.Stable || r.Overload || r.Underload || r.Grams <= 0 {
			rt.Fatalf("%+v was accepted", r)
		}
	}
	least, most := int64(1000), int64(20_000)
	if p.Subject == Adult {
		least, most = 20_000, 200_000
	}
	if p.Held && (w.Used[0].Grams < 20_000 || w.Used[0].Grams > 200_000) && !w.Asked {
		rt.Fatalf("a mother of %d g was never asked about", w.Used[0].Grams)
	}
	if !w.Asked && (w.Grams < least || w.Grams > most) {
		rt.Fatalf("%d g was never asked about", w.Grams)
	}
}

// Of three readings the two nearest are taken, whichever they are.
func TestNearestTwo(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(0, 60), 0, 3).Draw(rt, "values")
		i, j, ok := agree(values, 20)
		best := int64(21)
		for b := range values {
			for a := range b {
				best = min(best, magnitude(values[a]-values[b]))
			}
		}
		if ok != (best <= 20) || ok && (i >= j || magnitude(values[i]-values[j]) != best) {
			rt.Fatalf("%v: %d and %d, %v", values, i, j, ok)
		}
	})
}
