package day

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"markaz.example/cmd/markaz-sim/stage"
	"markaz.example/cmd/markaz-sim/stage/stagetest"
	"markaz.example/edge/id"
)

// shortDay is the day of the tests: every fault of the long one, for fewer people.
const shortDay = 60

func TestShortDay(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	s := stagetest.SetUp(t, stage.Config{Bin: stagetest.Programs(t, "markaz", "markaz-hq"), Fast: math.Inf(1)})
	d := &Day{Stage: s, Visits: shortDay, Seed: 1, Out: t.Output()}
	if err := d.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if kills := s.Box.Starts() - 1; kills != 2 {
		t.Errorf("the box was killed %d times, want 2", kills)
	}
}

// A report that cannot find fault proves nothing: every kind of fault is planted once, and must be named.
func TestDifferencesAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		plant func(*evidence)
		want  string // in the only difference; empty for none
	}{
		"a good day":              {func(*evidence) {}, ""},
		"a lost answer":           {func(e *evidence) { e.unsure = 1; e.box.opened["V4"] = "C4" }, ""},
		"a marked reprint":        {func(e *evidence) { e.papers = append(e.papers, "C1"); e.box.reprint["V1"] = 1 }, ""},
		"somebody never came":     {func(e *evidence) { e.visits = 4 }, "3 visits were asked for, 4 were wanted"},
		"a number out of nowhere": {func(e *evidence) { e.box.opened["V4"] = "C4" }, "4 numbers are recorded"},
		"one number twice":        {func(e *evidence) { e.box.tokens["A001"] = 2 }, "A001 was given 2 times"},
		"issued twice":            {func(e *evidence) { e.box.issued["V1"] = 2 }, "issued 2 times"},
		"never issued":            {func(e *evidence) { e.box.issued["V1"] = 0 }, "issued 0 times"},
		"never served":            {func(e *evidence) { delete(e.box.done, "V2") }, "V2 was never served"},
		"no paper":                {func(e *evidence) { e.papers = e.papers[1:] }, "V1 is issued and has no paper"},
		"two papers":              {func(e *evidence) { e.papers = append(e.papers, "C1") }, "printed twice"},
		"a strange paper":         {func(e *evidence) { e.papers = append(e.papers, "C9") }, "no record knows"},
		"headquarters lacks some": {func(e *evidence) { e.hq = e.hq[:1] }, "headquarters lacks records 2 to 2"},
		"headquarters has more":   {func(e *evidence) { e.hq = append(e.hq, "h3") }, "which the box has not"},
		"headquarters differs":    {func(e *evidence) { e.hq[1] = "x" }, "record 2 differs"},
		"a broken chain":          {func(e *evidence) { e.boxFault = errors.New("record 7") }, "the box's chain: record 7"},
		"a broken copy":           {func(e *evidence) { e.hqFault = errors.New("record 8") }, "headquarters' chain: record 8"},
	} {
		t.Run(name, func(t *testing.T) {
			e := goodDay()
			c.plant(&e)
			got := e.differences()
			switch {
			case c.want == "" && len(got) > 0:
				t.Errorf("got %q, want none", got)
			case c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)):
				t.Errorf("got %q, want one with %q", got, c.want)
			}
			if good := e.print(t.Output()); good != (c.want == "") {
				t.Errorf("the report says good: %v", good)
			}
		})
	}
}

// A visit that was shown and is not recorded is a number too few and a visit lost.
func TestLostVisitIsFound(t *testing.T) {
	e := goodDay()
	delete(e.box.opened, "V3")
	if got := strings.Join(e.differences(), "\n"); !strings.Contains(got, "V3 was shown a number and is not recorded: lost") {
		t.Errorf("got %q", got)
	}
}

func goodDay() evidence {
	return evidence{
		visits: 3,
		asked:  map[id.Visit]bool{"V1": true, "V2": true, "V3": true},
		papers: []id.Code{"C1", "C2", "C3"},
		hq:     []string{"h1", "h2"},
		box: books{
			hashes:  []string{"h1", "h2"},
			opened:  map[id.Visit]id.Code{"V1": "C1", "V2": "C2", "V3": "C3"},
			tokens:  map[string]int{"A001": 1, "A002": 1, "B001": 1},
			issued:  map[id.Visit]int{"V1": 1, "V2": 1, "V3": 1},
			done:    map[id.Visit]bool{"V1": true, "V2": true, "V3": true},
			reprint: map[id.Visit]int{},
		},
	}
}
