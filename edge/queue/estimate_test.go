package queue

import (
	"slices"
	"testing"

	"markaz.example/edge/id"
)

// sceneOf is a line of n, one a minute, with so many desks and calls of 2 to 10 minutes.
func sceneOf(n, desks int) Scene {
	s := Scene{Rules: DefaultRules(), NowMs: noonMs}
	var past []int64
	for i := range int64(64) {
		past = append(past, 2*minuteMs+i*minuteMs/8)
	}
	s.Times = map[id.Service]Times{cash: NewTimes(nil, past, 0)}
	for range desks {
		s.Seats = append(s.Seats, Seat{Desk: Desk{Open: true, Serves: []id.Service{cash}}})
	}
	for i := range n {
		w := since(int64(n-i)/2, Normal)
		w.Number = uint64(i)
		s.Waiting = append(s.Waiting, w)
	}
	return s
}

func TestTimes(t *testing.T) {
	many := func(n int, ms int64) []int64 { return slices.Repeat([]int64{ms}, n) }
	tests := []struct {
		name        string
		today, past []int64
		target      int64
		want        int64 // median
		known       bool
	}{
		{"nothing", nil, nil, 0, 0, false},
		{"the target", many(9, 1), many(19, 2), 8, 8, true},
		{"four weeks", many(9, 1), many(20, 2), 8, 2, true},
		{"today", many(10, 1), many(20, 2), 8, 1, true},
		{"the newest of today", append(many(30, 100), many(12, 1)...), nil, 0, 1, true},
		{"30 of today", append(many(500, 100), many(30, 7)...), nil, 0, 7, true},
	}
	for _, tt := range tests {
		got := NewTimes(tt.today, tt.past, tt.target)
		if got.At(50) != tt.want || got.Known != tt.known {
			t.Errorf("%s: median %d, known %v; want %d, %v", tt.name, got.At(50), got.Known, tt.want, tt.known)
		}
		if !slices.IsSorted(got.MS[:]) {
			t.Errorf("%s: %v", tt.name, got.MS)
		}
	}
}

func TestEstimate(t *testing.T) {
	last := func(s Scene) Estimate { return s.Estimate(len(s.Waiting) - 1) }
	base := last(sceneOf(20, 2))
	if base.Known != Range || base.Ahead != 19 || base.P50Ms < 45*minuteMs || base.P50Ms > 70*minuteMs {
		t.Errorf("19 calls of 6 minutes at two desks: %+v", base)
	}
	if int64(base.LowMin)*minuteMs > base.P50Ms || base.P80Ms > int64(base.HighMin)*minuteMs || base.LowMin%5+base.HighMin%5 != 0 {
		t.Errorf("shown and found do not fit: %+v", base)
	}
	if again := last(sceneOf(20, 2)); again != base {
		t.Errorf("the same scene: %+v, then %+v", base, again)
	}
	if more := last(sceneOf(20, 4)); more.P50Ms*3 > base.P50Ms*2 {
		t.Errorf("twice the desks: %d ms, with half of them %d", more.P50Ms, base.P50Ms)
	}
	tests := []struct {
		name   string
		change func(*Scene)
		want   Known
	}{
		{"closed", func(s *Scene) { s.Seats[0].Desk.Open, s.Seats[1].Desk.Open = false, false }, Closed},
		{"no desk for them", func(s *Scene) { s.Waiting[19].Needs.Sex = "f" }, Closed},
		{"nothing known", func(s *Scene) { s.Times = nil }, People},
		{"one desk pauses", func(s *Scene) { s.Seats[0].PausedMs = noonMs - minuteMs }, Range},
	}
	for _, tt := range tests {
		s := sceneOf(20, 2)
		tt.change(&s)
		got := last(s)
		if got.Known != tt.want {
			t.Errorf("%s: %+v", tt.name, got)
		}
		if tt.want == Range && got.P50Ms <= base.P50Ms {
			t.Errorf("%s: no longer than %d: %+v", tt.name, base.P50Ms, got)
		}
	}
	busy := sceneOf(1, 1)
	busy.Seats[0].Busy, busy.Seats[0].BusySinceMs = cash, noonMs-minuteMs
	if got := last(busy); got.P50Ms < minuteMs || got.P80Ms > 10*minuteMs {
		t.Errorf("behind one call: %+v", got)
	}
	coming := sceneOf(20, 2)
	coming.Coming = []Coming{{Waiter: Waiter{Service: cash, Class: Emergency, Number: 99}, EveryMs: 6 * minuteMs}}
	if got := last(coming); got.P50Ms <= base.P50Ms {
		t.Errorf("emergencies that come cost nothing: %+v, without %+v", got, base)
	}
}

func TestOutward(t *testing.T) {
	tests := []struct {
		low, high int64 // seconds
		lo, hi    int
	}{
		{0, 0, 0, 5}, {30, 61, 0, 5}, {20 * 60, 35 * 60, 20, 35}, {24*60 + 59, 30*60 + 1, 20, 35}, {62 * 60, 91 * 60, 60, 105}, {61 * 60, 61 * 60, 60, 75},
	}
	for _, tt := range tests {
		if lo, hi := outward(tt.low*1000, tt.high*1000); lo != tt.lo || hi != tt.hi {
			t.Errorf("%d to %d s: %d to %d, want %d to %d", tt.low, tt.high, lo, hi, tt.lo, tt.hi)
		}
	}
}

func TestScores(t *testing.T) {
	o := func(day string, wait int64) Outcome { return Outcome{cash, day, 20, 35, 30 * minuteMs, wait} }
	got := Scores([]Outcome{o("2026-11-23", 0), o("2026-11-22", 20*minuteMs), o("2026-11-22", 35*minuteMs), o("2026-11-22", 35*minuteMs+1), o("2026-11-22", 20*minuteMs-1)})
	want := []Score{{cash, "2026-11-22", 4, 2, 1, 1, 2, 60}, {cash, "2026-11-23", 1, 0, 1, 0, 0, 15}}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func BenchmarkEstimate(b *testing.B) {
	s := sceneOf(60, 4)
	for b.Loop() {
		s.Estimate(59)
	}
}
