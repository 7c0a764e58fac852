package year

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"markaz.example/edge/queue"
)

// Year is a run.
type Year struct {
	World World // zero is the first of Worlds
	From  int   // the first day, counted from 0
	Days  int
	Seed  uint64
	Every int  // a promise is made and judged for one stop of so many, chosen by hash; 0 is none
	Blind bool // the control: an estimator that overlooks two desks of three
}

// Result is what a run found.
type Result struct {
	Scores       []queue.Score
	Real         queue.Score // of the promises that somebody can plan by: those whose low end is not now
	Waits, Plain map[queue.Class][]int64
	Calls        int
	PlainCalls   int
	OpenMs       int64 // from opening to the last call's end, summed over days
	PlainOpenMs  int64
	Rules        map[queue.Rule]int
	Passing      map[queue.Rule]int // calls before somebody who came earlier for the same service, and why
	Passed       map[queue.Rule]int // those who came earlier
}

// Run plays the days.
func (y Year) Run(ctx context.Context) (Result, error) {
	all := Result{
		Waits: map[queue.Class][]int64{}, Plain: map[queue.Class][]int64{},
		Rules: map[queue.Rule]int{}, Passing: map[queue.Rule]int{}, Passed: map[queue.Rule]int{},
	}
	if y.World == (World{}) {
		y.World = Worlds()[0]
	}
	known, unused := newKnowledge(), newKnowledge()
	for n := y.From; n < y.From+y.Days; n++ {
		if err := ctx.Err(); err != nil {
			return all, err
		}
		d := y.World.draw(y.Seed, n)
		ours := &shift{day: d, rules: queue.DefaultRules(), every: y.Every, blind: y.Blind, known: known}
		ours.play()
		plain := &shift{day: d, rules: firstCome(), known: unused}
		plain.play()
		all.add(ours.found, plain.found)
	}
	return all, nil
}

// firstCome is a plain line: whoever came first, at any desk that can.
func firstCome() queue.Rules {
	return queue.Rules{ShortPeople: 1 << 30, ShortMs: 1 << 50}
}

func (r *Result) add(ours, plain found) {
	r.Scores = append(r.Scores, queue.Scores(ours.outcomes)...)
	for _, s := range queue.Scores(slices.DeleteFunc(slices.Clone(ours.outcomes), func(o queue.Outcome) bool { return o.LowMin == 0 })) {
		r.Real.Add(s)
	}
	r.Calls, r.PlainCalls = r.Calls+ours.calls, r.PlainCalls+plain.calls
	r.OpenMs, r.PlainOpenMs = r.OpenMs+ours.lastMs-openMs, r.PlainOpenMs+plain.lastMs-openMs
	for c, w := range ours.waits {
		r.Waits[c] = append(r.Waits[c], w...)
	}
	for c, w := range plain.waits {
		r.Plain[c] = append(r.Plain[c], w...)
	}
	tally(r.Rules, ours.rules)
	tally(r.Passing, ours.passing)
	tally(r.Passed, ours.passed)
}

func tally(sum, more map[queue.Rule]int) {
	for rule, n := range more {
		sum[rule] += n
	}
}

// Sum is the scores that are wanted, as one.
func (r Result) Sum(want func(queue.Score) bool) (sum queue.Score) {
	for _, s := range r.Scores {
		if want(s) {
			sum.Add(s)
		}
	}
	return sum
}

// Print writes the figures.
func (r Result) Print(w io.Writer) {
	score := func(name string, s queue.Score) {
		fmt.Fprintf(w, "%-14s %6d promises   inside %5.1f %%   early %4.1f %%   late %4.1f %%   above p80 %4.1f %%   width %4.1f min\n",
			name, s.Promised, s.Of(s.Inside), s.Of(s.Early), s.Of(s.Late), s.Of(s.AboveP80), s.Of(s.WidthMin)/100)
	}
	line := func(name string, want func(queue.Score) bool) { score(name, r.Sum(want)) }
	line("all", func(queue.Score) bool { return true })
	score("not from now", r.Real)
	for _, o := range offers {
		line(string(o.name), func(s queue.Score) bool { return s.Service == o.name })
	}
	worst := r.worst()
	line(worst, func(s queue.Score) bool { return s.Day[:8] == worst })
	fmt.Fprintf(w, "calls %d (first come %d), per hour %.1f (%.1f), by rule %v\n", r.Calls, r.PlainCalls,
		float64(r.Calls)*60*minuteMs/float64(r.OpenMs), float64(r.PlainCalls)*60*minuteMs/float64(r.PlainOpenMs), r.Rules)
	fmt.Fprintf(w, "of 100 calls %.1f went before somebody of the same service %v, before %.1f in all %v\n",
		r.hundred(r.Passing), r.Passing, r.hundred(r.Passed), r.Passed)
	for _, c := range slices.Sorted(maps.Keys(r.Waits)) {
		fmt.Fprintf(w, "%-12s waits 50/80/95 %s   first come %s\n", c, percentiles(r.Waits[c]), percentiles(r.Plain[c]))
	}
}

func (r Result) hundred(count map[queue.Rule]int) float64 {
	sum := 0
	for _, n := range count {
		sum += n
	}
	return 100 * float64(sum) / float64(max(r.Calls, 1))
}

// worst is the month with the smallest share inside.
func (r Result) worst() string {
	months := map[string]*queue.Score{"month 00": {}}
	for _, s := range r.Scores {
		month := s.Day[:8]
		if months[month] == nil {
			months[month] = &queue.Score{}
		}
		months[month].Add(s)
	}
	worst := "month 00"
	for _, m := range slices.Sorted(maps.Keys(months)) {
		if s := months[m]; s.Promised > 0 && (worst == "month 00" || s.Of(s.Inside) < months[worst].Of(months[worst].Inside)) {
			worst = m
		}
	}
	return worst
}

func percentiles(ms []int64) string {
	if len(ms) == 0 {
		return "-"
	}
	slices.Sort(ms)
	at := func(p int) float64 { return float64(ms[len(ms)*p/100]) / minuteMs }
	return fmt.Sprintf("%5.1f %5.1f %5.1f min", at(50), at(80), at(95))
}
