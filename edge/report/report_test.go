package report

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"markaz.example/edge/id"
	"markaz.example/edge/queue"
)

const minute = int64(60_000)

// at is a moment of the morning of the test's day.
func at(hour int) time.Time { return time.Date(2026, 11, 26, hour, 10, 0, 0, time.UTC) }

// served is a stop that was called after so many minutes and served for as many.
func served(s id.Service, d id.Desk, wait, serve int64) Stop {
	return Stop{Service: s, Desk: d, State: "done", InLine: true, Called: true, Served: true, Staff: "S007",
		Waited: at(9), WaitMs: wait * minute, ResponseMs: minute, ServedMs: serve * minute, Rule: "arrival"}
}

// morning is small enough to be worked out on paper:
//
//	B001 normal, waits 10 and 20 for two stops, served 5 and 15, promised 5 to 15 for the first: inside
//	B002 elder by kiosk/1, waits 4, overtakes one by class, promised 10 to 20: too early
//	B003 normal, waits 40 of a target of 30, overtakes two by a pick, promised 10 to 20: too late
//	B004 called after 30 minutes, did not come
//	B005 left after 12 minutes
//	B006 waits still
//	B007 was never printed, and cancelled
//	B008 went over into the next day
//	B009 came from the day before and is done
//	B010 was served by the paper book
func morning() Day {
	first, second := served("survey", "A", 10, 5), served("payment", "B", 20, 15)
	first.Promise = &queue.Outcome{LowMin: 5, HighMin: 15, WaitMs: first.WaitMs}
	elder := served("survey", "A", 4, 10)
	elder.Class, elder.Rule, elder.Overtook = "elder", "class", 1
	elder.Promise = &queue.Outcome{LowMin: 10, HighMin: 20, WaitMs: elder.WaitMs}
	late := served("survey", "A", 40, 20)
	late.Picked, late.Overtook, late.Waited = "fetched-paper", 2, at(10)
	late.Promise = &queue.Outcome{LowMin: 10, HighMin: 20, WaitMs: late.WaitMs}
	missed := Stop{Service: "survey", Desk: "A", State: "no-show", InLine: true, Called: true, Missed: true, WaitMs: 30 * minute, Waited: at(9)}
	left := Stop{Service: "payment", State: "left", InLine: true, WaitMs: 12 * minute, Waited: at(9)}
	waits := Stop{Service: "payment", State: "waiting", InLine: true, Waited: at(10)}
	return Day{
		Date: "2026-11-26", Marks: []string{"restart"},
		Targets: map[id.Service]time.Duration{"survey": 30 * time.Minute, "payment": 30 * time.Minute},
		Open:    map[id.Desk]int64{"A": 70 * minute, "C": 100 * minute},
		Visits: []Visit{
			{State: "done", InHand: true, TotalMs: 60 * minute, Stops: []Stop{first, second}},
			{State: "done", InHand: true, Class: "elder", Issuer: "kiosk/1", Sex: "female", TotalMs: 20 * minute, Stops: []Stop{elder}},
			{State: "done", InHand: true, TotalMs: 70 * minute, Stops: []Stop{late}},
			{State: "no-show", InHand: true, Stops: []Stop{missed}},
			{State: "left", InHand: true, TotalMs: 12 * minute, Stops: []Stop{left}},
			{State: "waiting", InHand: true, Stops: []Stop{waits}},
			{State: "cancelled", Stops: []Stop{{Service: "survey", State: "cancelled"}}},
			{State: "waiting", InHand: true, Over: true, Stops: []Stop{waits}},
			{State: "done", InHand: true, From: true, Stops: []Stop{served("payment", "B", 6, 5)}},
			{State: "done", InHand: true, Written: true, TotalMs: 30 * minute, Stops: []Stop{{Service: "payment", State: "done"}}},
		},
	}
}

func spread(n int, mean, p50, p80, p95 int64) Spread {
	return Spread{n, mean * minute, p50 * minute, p80 * minute, p95 * minute}
}

func TestCounts(t *testing.T) {
	want := Counts{
		Asked: 10, Issued: 9, Standing: 1, Done: 5, NoShow: 1, Left: 1, Cancelled: 1, CarriedOver: 1, CarriedIn: 1, Written: 1,
		Abandoned: Share{2, 9}, FirstDay: Share{4, 8},
	}
	if diff := cmp.Diff(want, Of(morning()).Counts); diff != "" {
		t.Error(diff)
	}
}

func TestFigures(t *testing.T) {
	r := Of(morning())
	tests := []struct {
		name      string
		want, got any
	}{
		// 12 20 30 60 70: their sum is 192, the third of five is the median, the fourth the 80th, the fifth the 95th.
		{"visit time", Spread{5, 38*minute + 24_000, 30 * minute, 60 * minute, 70 * minute}, r.Visit},
		// 4 6 30 30 40, B001 with both its waits and B004 though it did not come
		{"wait of visits", spread(5, 22, 30, 30, 40), r.PerVisit},
		// 4 6 10 20 30 40: 110 over six
		{"wait of stops", Spread{6, 18*minute + 20_000, 10 * minute, 30 * minute, 40 * minute}, r.All.Wait},
		{"response", spread(5, 1, 1, 1, 1), r.All.Response},
		// 5 5 10 15 20
		{"service time", spread(5, 11, 10, 15, 20), r.All.Service},
		{"service level", Share{4, 5}, r.All.Level},
		{"no-shows beside it", 1, r.All.NoShow},
		{"who left beside it", 1, r.All.Left},
		{"estimates", Share{1, 3}, r.All.Promise},
		{"stops", 8, r.All.Stops},
		{"calls", 6, r.All.Calls},
		{"marks", []string{"restart"}, r.Marks},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

func TestParts(t *testing.T) {
	r := Of(morning())
	if got := keys(r.Services); !cmp.Equal(got, []string{"payment", "survey"}) {
		t.Errorf("services %v", got)
	}
	if got := keys(r.Desks); !cmp.Equal(got, []string{"A", "B", "C"}) { // C was open and served nobody
		t.Errorf("desks %v", got)
	}
	if got := keys(r.Hours); !cmp.Equal(got, []string{"09", "10"}) || r.Hours[0].Figures.Stops != 6 {
		t.Errorf("hours %v: %+v", got, r.Hours[0].Figures)
	}
	if got := r.Staff; len(got) != 1 || got[0].Key != "S007" || got[0].Figures.Service.N != 5 {
		t.Errorf("staff %+v", got)
	}
	if got := r.Sexes; !cmp.Equal(keys(got), []string{"female", Unknown}) || got[0].Figures.Stops != 1 || got[1].Figures.Stops != 7 {
		t.Errorf("sexes %+v", got)
	}
	// A served 5 + 10 + 20 of 70 minutes; of B it is not known how long it was open; C was for nothing.
	for i, want := range []struct {
		percent int
		known   bool
	}{{50, true}, {0, false}, {0, true}} {
		if got, ok := r.Desks[i].Figures.Occupancy(); got != want.percent || ok != want.known {
			t.Errorf("desk %s is busy for %d %% (%v)", r.Desks[i].Key, got, ok)
		}
	}
}

func TestFairness(t *testing.T) {
	f := Of(morning()).Fairness
	if tenths, ok := f.PerHundred(); tenths != 500 || !ok { // three overtaken in six calls
		t.Errorf("%d tenths of an overtake per 100 calls", tenths)
	}
	want := []Reason{{"fetched-paper", true, 1, 2}, {"class", false, 1, 1}}
	if diff := cmp.Diff(want, f.Reasons); diff != "" {
		t.Error(diff)
	}
	// normal waits 6 10 20 30 40: 21.2 minutes in the mean; elders 4, which is 19 hundredths of it
	if g := f.Classes; len(g) != 2 || g[0].Key != "elder" || g[0].Ratio != 19 || g[0].Share != (Share{1, 8}) || g[1].Ratio != 100 {
		t.Errorf("classes %+v", g)
	}
	if g := f.Issuers; len(g) != 1 || g[0].Key != "kiosk/1" || g[0].Share != (Share{1, 8}) || f.Recordings != 1 {
		t.Errorf("issuers %+v", g)
	}
}

// An empty day has figures of nothing, and no share of it.
func TestNothing(t *testing.T) {
	r := Of(Day{Date: "2026-11-26"})
	if _, ok := r.All.Level.Percent(); ok || r.All.Wait != (Spread{}) || r.Counts != (Counts{}) {
		t.Errorf("%+v", r)
	}
}

func keys(rows []Row) (out []string) {
	for _, r := range rows {
		out = append(out, r.Key)
	}
	return out
}

// Whatever happened on a day, its parts add up to the whole, and no percentile is below a smaller one.
func TestPartsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		states := []string{"waiting", "done", "no-show", "left", "cancelled", "failed"}
		var d Day
		for range rapid.IntRange(0, 30).Draw(t, "visits") {
			v := Visit{
				Sex: rapid.SampledFrom([]string{"", "female", "male"}).Draw(t, "sex"), State: rapid.SampledFrom(states).Draw(t, "state"), InHand: rapid.Bool().Draw(t, "in hand"),
				Over: rapid.Bool().Draw(t, "over"), From: rapid.Bool().Draw(t, "from"),
			}
			for range rapid.IntRange(1, 3).Draw(t, "stops") {
				s := Stop{
					Service: rapid.SampledFrom([]id.Service{"a1", "b1"}).Draw(t, "service"), State: rapid.SampledFrom(states).Draw(t, "stop"),
					Class: rapid.SampledFrom([]string{"", "elder"}).Draw(t, "class"), InLine: rapid.Bool().Draw(t, "line"),
					WaitMs: rapid.Int64Range(0, 1e7).Draw(t, "wait"), Overtook: rapid.IntRange(0, 3).Draw(t, "overtook"),
				}
				s.Called = s.InLine && rapid.Bool().Draw(t, "called")
				s.Served = s.Called && rapid.Bool().Draw(t, "served")
				v.Stops = append(v.Stops, s)
			}
			d.Visits = append(d.Visits, v)
		}
		r := Of(d)
		c := r.Counts
		if sum := c.Standing + c.Done + c.NoShow + c.Left + c.Cancelled + c.Failed + c.CarriedOver; sum != c.Asked || c.Asked != len(d.Visits) {
			t.Errorf("%d visits, %d asked, %d counted", len(d.Visits), c.Asked, sum)
		}
		for _, rows := range [][]Row{r.Services, r.Classes, r.Sexes} {
			stops, waits := 0, 0
			for _, row := range rows {
				stops, waits = stops+row.Figures.Stops, waits+row.Figures.Wait.N
			}
			if stops != r.All.Stops || waits != r.All.Wait.N {
				t.Errorf("parts have %d stops and %d waits, the whole %d and %d", stops, waits, r.All.Stops, r.All.Wait.N)
			}
		}
		overtakes := 0
		for _, why := range r.Fairness.Reasons {
			overtakes += why.Overtakes
		}
		if w := r.All.Wait; overtakes != r.Fairness.Overtakes || w.P50Ms > w.P80Ms || w.P80Ms > w.P95Ms {
			t.Errorf("%d of %d overtakes have a reason; %+v", overtakes, r.Fairness.Overtakes, w)
		}
	})
}
