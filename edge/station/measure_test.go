package station

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"markaz.example/edge/book/reading"
	"markaz.example/edge/desk"
	"markaz.example/edge/id"
	"markaz.example/edge/measure"
)

// pan is a scale that a test puts things on.
type pan struct {
	shown chan measure.Reading
	zero  error
}

func (p *pan) Name() string               { return "scale/a" }
func (p *pan) Division() int64            { return 10 }
func (p *pan) Zero(context.Context) error { return p.zero }
func (p *pan) Watch() (<-chan measure.Reading, func()) {
	return p.shown, func() {}
}

// put shows a weight, and waits until the station has seen it.
func (p *pan) put(grams int64) {
	time.Sleep(time.Second)
	p.shown <- measure.Reading{Grams: grams, Text: "said", Stable: true, Scale: "T42", At: time.Now()}
	synctest.Wait()
}

var child = measure.Plan{Subject: measure.Infant, Weight: true, Posture: measure.Lying, MUAC: true}

// weighed brings a child through its weighings.
func weighed(t *testing.T, s *Station, b *book) {
	t.Helper()
	if err := s.Measure(t.Context(), "A", child); err != nil {
		t.Fatal(err)
	}
	for _, grams := range []int64{4250, 4260} {
		b.pan.put(0)
		b.pan.put(grams)
		if err := s.Act(t.Context(), "A", "now", ""); err != nil {
			t.Fatal(err)
		}
	}
}

func act(t *testing.T, s *Station, act, typed string, want error) {
	t.Helper()
	if err := s.Act(t.Context(), "A", act, typed); !errors.Is(err, want) {
		t.Errorf("%s %q: %v, want %v", act, typed, err, want)
	}
}

// What was weighed and typed is recorded together, with the readings behind it, as soon as it is complete.
func TestMeasuredIsRecorded(t *testing.T) {
	atDesk(t, func(t *testing.T, s *Station, _ *hand, b *book) {
		weighed(t, s, b)
		act(t, s, "type", "563", measure.ErrImpossible)
		act(t, s, "type", "56.3", nil)
		act(t, s, "type", "۵۶٫۵", nil)
		if m, ok := s.Measuring("A"); !ok || m.Step != measure.StepMUAC || m.Visit != "V" || !m.Fresh {
			t.Errorf("before the arm: %+v, %v", m, ok)
		}
		b.full = true
		act(t, s, "type", "112", desk.Refuse(desk.BoxFull))
		b.full = false
		act(t, s, "type", "112", nil) // whatever is pressed then, it is recorded
		want := []reading.Taken{
			{Who: "child", What: "weight", Value: 4255, How: "scale", Raw: []int64{4250, 4260}, Device: "scale/a", Text: "said"},
			{Who: "child", What: "length", Value: 564, How: "typed", Raw: []int64{563, 565}},
			{Who: "child", What: "muac", Value: 112, How: "typed", Raw: []int64{112}},
		}
		if diff := cmp.Diff(want, b.taken); diff != "" {
			t.Error(diff)
		}
		if _, ok := s.Measuring("A"); ok {
			t.Error("it is over, and still under way")
		}
	})
}

// Only what the scale shows now is taken, and a session that is given up or begun anew leaves nothing behind.
func TestOldWeightIsNotTaken(t *testing.T) {
	atDesk(t, func(t *testing.T, s *Station, _ *hand, b *book) {
		act(t, s, "now", "", desk.Refuse(desk.NotMeasuring))
		if err := s.Measure(t.Context(), "A", child); err != nil {
			t.Fatal(err)
		}
		act(t, s, "now", "", measure.ErrEmpty)
		b.pan.put(4250)
		time.Sleep(freshFor)
		act(t, s, "now", "", measure.ErrEmpty)
		if m, _ := s.Measuring("A"); m.Fresh || m.Step != measure.StepWeigh {
			t.Errorf("an old weight: %+v", m)
		}
		act(t, s, "dance", "", measure.ErrNotNow)
		s.Abandon("A")
		act(t, s, "now", "", desk.Refuse(desk.NotMeasuring))
		weighed(t, s, b) // a new one listens to the scale again
		act(t, s, "again", "", nil)
		if len(b.taken) != 0 {
			t.Errorf("recorded %+v", b.taken)
		}
	})
}

// A weight that nobody expects is asked about.
func TestUnusualWeightIsAsked(t *testing.T) {
	atDesk(t, func(t *testing.T, s *Station, _ *hand, b *book) {
		if err := s.Measure(t.Context(), "A", measure.Plan{Subject: measure.Infant, Weight: true}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			b.pan.put(0)
			b.pan.put(25_000)
			act(t, s, "now", "", nil)
		}
		if m, _ := s.Measuring("A"); m.Asking != 25_000 {
			t.Errorf("asking %+v", m)
		}
		act(t, s, "right", "", nil)
		if len(b.taken) != 1 || b.taken[0].Value != 25_000 {
			t.Errorf("recorded %+v", b.taken)
		}
	})
}

func TestMeasureRefusals(t *testing.T) {
	atDesk(t, func(t *testing.T, s *Station, _ *hand, b *book) {
		for at, want := range map[string]string{"B": desk.NoInstrument, "Z": desk.NoInstrument} {
			if err := s.Measure(t.Context(), id.Desk(at), child); !errors.Is(err, desk.Refuse(want)) {
				t.Errorf("desk %s: %v, want %s", at, err, want)
			}
		}
		if err := s.Measure(t.Context(), "A", measure.Plan{}); !errors.Is(err, desk.Refuse(desk.BadReason)) {
			t.Errorf("no plan: %v", err)
		}
		if err := s.Act(t.Context(), "Z", "now", ""); !errors.Is(err, desk.Refuse(desk.NoInstrument)) {
			t.Errorf("act at no desk: %v", err)
		}
		if err := s.Zero(t.Context(), "B"); !errors.Is(err, desk.Refuse(desk.NoInstrument)) {
			t.Errorf("zero without a scale: %v", err)
		}
		b.pan.zero = errors.New("not empty")
		if err := s.Zero(t.Context(), "A"); !errors.Is(err, measure.ErrUnsteady) {
			t.Errorf("zero refused by the scale: %v", err)
		}
		s.Abandon("Z")
	})
}
