package anthropometry_test

import (
	"slices"
	"testing"

	"markaz.example/edge/anthropometry"
	"markaz.example/edge/book/reading"
	"markaz.example/edge/desk"
	"markaz.example/edge/desk/desktest"
	"markaz.example/edge/id"
	"markaz.example/edge/lms"
)

// A thing is read twice, and again until two readings agree; what a scale made sure of is read once.
func TestWhatIsReadAgain(t *testing.T) {
	h := family(t)
	for name, c := range map[string]struct {
		change func(*anthropometry.Entry)
		want   []string
	}{
		"everything agrees":  {func(*anthropometry.Entry) {}, nil},
		"nothing was read":   {func(e *anthropometry.Entry) { *e = anthropometry.Entry{} }, nil},
		"one weight":         {func(e *anthropometry.Entry) { e.Readings.WeightsG = []uint32{10200} }, []string{"weight"}},
		"weights apart":      {func(e *anthropometry.Entry) { e.Readings.WeightsG = []uint32{10200, 10500} }, []string{"weight"}},
		"a third agrees":     {func(e *anthropometry.Entry) { e.Readings.WeightsG = []uint32{10200, 10500, 10490} }, nil},
		"three apart":        {func(e *anthropometry.Entry) { e.Readings.Statures = []uint32{780, 807, 840} }, []string{"stature"}},
		"one head":           {func(e *anthropometry.Entry) { e.Readings.Heads = []uint32{460} }, []string{"head"}},
		"arms apart":         {func(e *anthropometry.Entry) { e.Readings.Arms = []uint32{150, 156} }, []string{"arm"}},
		"a reading of none":  {func(e *anthropometry.Entry) { e.Readings.Heads = []uint32{0, 460} }, []string{"head"}},
		"one of each":        {one, []string{"weight", "stature", "head", "arm"}},
		"the scale was busy": {func(e *anthropometry.Entry) { e.Readings.WeightsG, e.Weighed = []uint32{10200}, h.head() }, []string{"weight"}},
	} {
		e := well()
		c.change(&e)
		got, err := h.Try(t.Context(), "B", h.visit, h.girl, e)
		if err != nil || !slices.Equal(got.Again, c.want) {
			t.Errorf("%s: again %v, %v; want %v", name, got.Again, err, c.want)
		}
		if len(c.want) == 0 {
			continue
		}
		if got.Measured.Figures != "" || got.Concerns != nil || got.Next != nil {
			t.Errorf("%s: a verdict all the same: %+v", name, got)
		}
		desktest.Refused(t, name, h.Save(t.Context(), "B", h.visit, h.girl, e), desk.MeasureAgain)
	}
}

func one(e *anthropometry.Entry) {
	r := &e.Readings
	r.WeightsG, r.Statures, r.Heads, r.Arms = []uint32{10200}, []uint32{807}, []uint32{460}, []uint32{150}
}

// A weight of the scale is the child's who was put on it, and takes the place of what was typed.
func TestWeighed(t *testing.T) {
	h := family(t)
	h.weigh(t, reading.FromScale, 3000, 3000) // somebody else, before
	from := h.head()
	for _, c := range []struct {
		name  string
		how   string
		raw   []int64
		again []string
		want  uint32 // milligrams
	}{
		{"one steady reading", reading.FromScale, []int64{10200}, nil, 10_200_000},
		{"two that agree", reading.FromScale, []int64{10200, 10220}, nil, 10_210_000},
		{"two that do not", reading.FromScale, []int64{10200, 10600}, []string{"weight"}, 0},
		{"mother with child, less mother alone", reading.FromDifference, []int64{65200, 55000}, nil, 10_200_000},
	} {
		if k, ok := h.Weighed(t.Context(), h.visit, h.head()); ok {
			t.Fatalf("%s: weighed before: %+v", c.name, k)
		}
		h.weigh(t, c.how, 10200, c.raw...)
		e := well()
		e.Weighed = from
		got, err := h.Try(t.Context(), "B", h.visit, h.girl, e)
		if err != nil || !slices.Equal(got.Again, c.again) || got.Measured.WeightMG != c.want {
			t.Errorf("%s: again %v, %d mg, %v", c.name, got.Again, got.Measured.WeightMG, err)
		}
		if c.want > 0 && !slices.Equal(got.Measured.Instruments, []string{"scale/b"}) {
			t.Errorf("%s: measured with %v", c.name, got.Measured.Instruments)
		}
	}
	e := well()
	e.Weighed = 0
	if got, err := h.Try(t.Context(), "B", h.visit, h.girl, e); err != nil || got.Measured.WeightMG != 10_205_000 || got.Measured.Instruments != nil {
		t.Errorf("no scale took part: %+v, %v", got.Measured, err)
	}
}

func (h *hall) weigh(t *testing.T, how string, value uint32, raw ...int64) {
	t.Helper()
	taken := reading.Taken{Who: reading.Child, What: reading.Weight, Value: value, How: how, Raw: raw, Device: "scale/b"}
	desktest.Refused(t, "weigh", h.Floor.Measured(t.Context(), "B", h.visit, []reading.Taken{taken}), "")
}

// What cannot be is told by name while the child is there.
func TestConcerns(t *testing.T) {
	h := family(t)
	h.save(t, h.girl, well())
	for name, c := range map[string]struct {
		who    id.Person
		change func(*anthropometry.Entry)
		want   string
	}{
		"a slip of the digit":    {h.girl, func(e *anthropometry.Entry) { e.Readings.Statures = []uint32{1007, 1008} }, "flag-haz"},
		"grown in a day":         {h.girl, func(e *anthropometry.Entry) { e.Readings.Statures = []uint32{887, 888} }, "shot"},
		"shrunk":                 {h.girl, func(e *anthropometry.Entry) { e.Readings.Statures = []uint32{797, 798} }, "shrunk"},
		"half a child":           {h.girl, func(e *anthropometry.Entry) { e.Readings.WeightsG = []uint32{5200, 5210} }, "wasted"},
		"a calf on the scale":    {h.girl, func(e *anthropometry.Entry) { e.Readings.WeightsG = []uint32{299_000, 299_000} }, "flag-waz"},
		"a hair":                 {h.girl, func(e *anthropometry.Entry) { e.Readings.Statures = []uint32{1, 1} }, "absurd"},
		"a baby that stands":     {h.baby, func(e *anthropometry.Entry) { infant(e); e.Readings.Position = lms.Standing }, "under-nine"},
		"a baby that does not":   {h.baby, infant, ""},
		"the same once more":     {h.girl, func(*anthropometry.Entry) {}, ""},
		"feet alone are swollen": {h.girl, func(e *anthropometry.Entry) { *e = anthropometry.Entry{}; e.Readings.Oedema = lms.OedemaYes }, ""},
	} {
		e := well()
		c.change(&e)
		got, err := h.Try(t.Context(), "B", h.visit, c.who, e)
		if err != nil || got.Again != nil || c.want == "" && len(got.Concerns) > 0 || c.want != "" && !slices.Contains(got.Concerns, c.want) {
			t.Errorf("%s: concerns %v, again %v, %v; want %q", name, got.Concerns, got.Again, err, c.want)
		}
	}
}

// infant is a girl of six months.
func infant(e *anthropometry.Entry) {
	e.Readings.WeightsG, e.Readings.Statures, e.Readings.Arms = []uint32{7300, 7310}, []uint32{657, 658}, []uint32{140, 141}
}
