package growth

import (
	"errors"
	"slices"
	"testing"

	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/ledger/ledgertest"
	"markaz.example/edge/lms"
)

const child, other, mother = "CCCCCCCCCCCCCCCC", "DDDDDDDDDDDDDDDD", "MMMMMMMMMMMMMMMM"

// What was read becomes a record that holds everything, and what follows.
func TestMake(t *testing.T) {
	e := measured(t)
	if err := e.Check(); err != nil {
		t.Fatal(err)
	}
	if e.WeightMG != 7_205_000 || e.StatureUM != 742_000 || e.CorrectedUM != 742_000 || e.ArmUM != 118_500 || *e.AgeDays != 426 || e.AgePrecision != AgeInMonths {
		t.Errorf("%+v", e)
	}
	if e.Wasting != "moderate" || e.Acute != "moderate" || e.ModerateBy != "weight-for-stature+muac" || e.TakenAs != Lying || e.Figures != figures(t).Version {
		t.Errorf("%+v", e)
	}
	if !slices.Equal(e.Doubts, []string{"wasted"}) || e.WHZ == nil || e.Sex != Female {
		t.Errorf("%+v", e)
	}
}

func TestMakeAsksAgain(t *testing.T) {
	for name, spoil := range map[string]func(*Readings){
		"two weights":    func(r *Readings) { r.WeightsG = []uint32{7200, 7400} },
		"three lengths":  func(r *Readings) { r.Statures = []uint32{700, 720, 740} },
		"a head of none": func(r *Readings) { r.Heads = []uint32{0} },
		"a truck":        func(r *Readings) { r.WeightsG = []uint32{4_000_000_000} },
	} {
		r := generated()
		spoil(&r)
		if _, _, err := Make(figures(t), Place{visit, 0, "B"}, r, lms.DefaultLimits(), 0); !errors.Is(err, ErrAgain) {
			t.Errorf("%s: %v", name, err)
		}
	}
	r := generated()
	r.Statures = []uint32{700, 720, 740, 741, 742, 743}
	if e, _, err := Make(figures(t), Place{visit, 0, "B"}, r, lms.DefaultLimits(), 0); err != nil || e.StatureUM != 742_000 || e.Check() != nil {
		t.Errorf("three anew: %v, %d", err, e.StatureUM)
	}
	r = Readings{Oedema: lms.OedemaYes, Sex: 9, Position: 9, Age: lms.Age{Days: 1, Precision: 9}}
	if e, _, err := Make(figures(t), Place{visit, 0, "B"}, r, lms.DefaultLimits(), 0); err != nil || e.Acute != "severe" || e.Sex != "" {
		t.Errorf("swollen feet alone: %+v, %v", e, err)
	}
}

func do(t *testing.T, f *ledgertest.File, decide func(tx *ledger.Tx) error) error {
	t.Helper()
	return f.Update(t.Context(), "desk/B", decide)
}

// A child's series, a visit's list and a woman's newest are what was recorded less what was withdrawn; views made anew are the
// same, which the end of every test ledger checks.
func TestViews(t *testing.T) {
	f := ledgertest.Create(t, Book())
	defer f.Close(t)
	for i, p := range []id.Person{child, other, child, child} {
		e := whole()
		*e.AgeDays += int32(30 * i)
		if i == 3 {
			e.Visit = "L5QXG43UOVZGKZDT"
		}
		if err := do(t, f, func(tx *ledger.Tx) error { return Measure(tx, p, e) }); err != nil {
			t.Fatal(err)
		}
	}
	second := screened()
	second.CutOffMM, second.Class = 200, "normal"
	for _, e := range []Screened{screened(), second} {
		if err := do(t, f, func(tx *ledger.Tx) error { return Screen(tx, mother, e) }); err != nil {
			t.Fatal(err)
		}
	}
	var of uint64
	look(t, f, func(s ledger.Snapshot) {
		all := Series(s, child)
		newest, ok := Newest(s, child)
		if len(all) != 3 || !ok || newest.Seq != all[2].Seq || *newest.Measured.AgeDays != 516 || newest.Actor != "desk/B" || newest.Wall == 0 {
			t.Errorf("series %+v", all)
		}
		if at := OfVisit(s, visit); len(at) != 3 || at[1].Person != other {
			t.Errorf("visit %+v", at)
		}
		if w, ok := NewestScreened(s, mother); !ok || w.Screened.CutOffMM != 200 {
			t.Errorf("woman %+v", w)
		}
		if _, ok := Newest(s, mother); ok {
			t.Error("a woman has a curve")
		}
		of = all[0].Seq
	})
	for want, p := range map[error]id.Person{nil: child, ErrNoMeasurement: other} {
		if err := do(t, f, func(tx *ledger.Tx) error { return Withdraw(tx, p, Withdrawn{of, Misread}) }); !errors.Is(err, want) {
			t.Errorf("withdraw of %s: %v", p, err)
		}
	}
	look(t, f, func(s ledger.Snapshot) {
		if len(Series(s, child)) != 2 || len(OfVisit(s, visit)) != 2 {
			t.Error("what was withdrawn still counts")
		}
	})
}

func look(t *testing.T, f *ledgertest.File, at func(ledger.Snapshot)) {
	t.Helper()
	if err := f.View(t.Context(), func(s ledger.Snapshot) error { at(s); return nil }); err != nil {
		t.Fatal(err)
	}
}

func TestMakeScreened(t *testing.T) {
	e, err := MakeScreened(Place{visit, 0, "B"}, []uint32{209, 208}, 210, lms.DefaultLimits())
	if err != nil || e.Check() != nil || e.Class != "low" || e.ArmUM != 208_500 {
		t.Errorf("%+v, %v", e, err)
	}
	if _, err := MakeScreened(Place{visit, 0, "B"}, []uint32{209}, 21, lms.DefaultLimits()); !errors.Is(err, lms.ErrCutOff) {
		t.Error(err)
	}
	if _, err := MakeScreened(Place{visit, 0, "B"}, []uint32{209, 240}, 210, lms.DefaultLimits()); !errors.Is(err, ErrAgain) {
		t.Error(err)
	}
}

// What follows is the first rule that is met.
func TestFollow(t *testing.T) {
	rules := []Rule{
		{"flagged", "haz", []id.Service{"measure"}},
		{"oedema", "yes", []id.Service{"doctor"}},
		{"acute", "severe", []id.Service{"doctor", "ration"}},
		{"acute", "moderate", []id.Service{"ration", "talk"}},
		{"stunting", "severe", []id.Service{"talk"}},
	}
	for _, r := range rules {
		if err := r.Check(); err != nil {
			t.Error(err)
		}
	}
	for name, tt := range map[string]struct {
		e    Measured
		want []id.Service
	}{
		"well":                {Measured{Acute: "normal", Stunting: "normal"}, nil},
		"nothing known":       {Measured{}, nil},
		"wasted and stunted":  {Measured{Acute: "moderate", Stunting: "severe"}, []id.Service{"ration", "talk"}},
		"swollen":             {Measured{Acute: "severe", Oedema: "yes"}, []id.Service{"doctor"}},
		"implausible, wasted": {Measured{Acute: "severe", Flagged: []string{"haz"}}, []id.Service{"measure"}},
	} {
		if got := Follow(rules, tt.e); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
	for _, r := range []Rule{{}, {"acute", "bad", []id.Service{"ration"}}, {"mood", "severe", []id.Service{"ration"}}, {"acute", "severe", nil}, {"acute", "", []id.Service{"x"}}, {"acute", "severe", []id.Service{"X"}}} {
		if r.Check() == nil {
			t.Errorf("%+v: accepted", r)
		}
	}
}

// A measurement is held against the one before.
func TestAsVisit(t *testing.T) {
	first, second := Kept{Measured: whole()}, Kept{Measured: whole()}
	later := *second.Measured.AgeDays + 30
	second.Measured.AgeDays, second.Measured.CorrectedUM = &later, 700_000
	if d := lms.DefaultSteps().Doubts(first.AsVisit(), second.AsVisit()); !slices.Equal(Doubts(d), []string{"shrunk"}) {
		t.Errorf("%v", Doubts(d))
	}
	if v := (Kept{Wall: 3 * 86_400_000}).AsVisit(); v.Day != 3 {
		t.Errorf("%+v", v)
	}
}
