package year

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"markaz.example/edge/id"
	"markaz.example/edge/queue"
)

// Year is a run.
type Year struct {
	Days  int
	Seed  uint64
	Every int  // a promise is made for each so manyth visitor, the first of a day always among them: a large one flatters
	Blind bool // the control: an estimator that overlooks two desks of three
}

// Result is what a run found.
type Result struct {
	Scores       []queue.Score
	Waits, Plain map[queue.Class][]int64
	Calls        int
	PlainCalls   int
	Overtaken    int
	OpenMs       int64 // from opening to the last call's end, summed over days
	PlainOpenMs  int64
	Rules        map[queue.Rule]int
}

// Run plays the days.
func (y Year) Run(ctx context.Context) (Result, error) {
	all := Result{Waits: map[queue.Class][]int64{}, Plain: map[queue.Class][]int64{}, Rules: map[queue.Rule]int{}}
	past := map[id.Service][]int64{}
	for n := range y.Days {
		if err := ctx.Err(); err != nil {
			return all, err
		}
		d := draw(y.Seed, n)
		ours := &shift{day: d, rules: queue.DefaultRules(), every: y.Every, blind: y.Blind, past: past}
		ours.play()
		plain := &shift{day: d, rules: firstCome()}
		plain.play()
		all.add(ours.found, plain.found)
		for name, took := range ours.today {
			past[name] = append(past[name], took...)
			past[name] = past[name][max(len(past[name])-pastKept, 0):]
		}
	}
	return all, nil
}

// pastKept bounds the samples of earlier days: four weeks of a service with 80 calls a day.
const pastKept = 2000

// firstCome is a plain line: whoever came first, at any desk that can.
func firstCome() queue.Rules {
	return queue.Rules{ShortPeople: 1 << 30, ShortMs: 1 << 50}
}

func (r *Result) add(ours, plain found) {
	r.Scores = append(r.Scores, queue.Scores(ours.outcomes)...)
	r.Calls, r.PlainCalls, r.Overtaken = r.Calls+ours.calls, r.PlainCalls+plain.calls, r.Overtaken+ours.overtaken
	r.OpenMs, r.PlainOpenMs = r.OpenMs+ours.lastMs-openMs, r.PlainOpenMs+plain.lastMs-openMs
	for c, w := range ours.waits {
		r.Waits[c] = append(r.Waits[c], w...)
	}
	for c, w := range plain.waits {
		r.Plain[c] = append(r.Plain[c], w...)
	}
	for rule, n := range ours.rules {
		r.Rules[rule] += n
	}
}

// Share is inside and above the 80th percentile, of a hundred, over the scores that are wanted.
func (r Result) Share(want func(queue.Score) bool) (inside, aboveP80, width float64) {
	var sum queue.Score
	for _, s := range r.Scores {
		if want(s) {
			sum.Promised, sum.Inside = sum.Promised+s.Promised, sum.Inside+s.Inside
			sum.AboveP80, sum.WidthMin = sum.AboveP80+s.AboveP80, sum.WidthMin+s.WidthMin
		}
	}
	n := float64(max(sum.Promised, 1))
	return 100 * float64(sum.Inside) / n, 100 * float64(sum.AboveP80) / n, float64(sum.WidthMin) / n
}

// Print writes the figures.
func (r Result) Print(w io.Writer) {
	line := func(name string, want func(queue.Score) bool) {
		inside, above, width := r.Share(want)
		fmt.Fprintf(w, "%-14s inside %5.1f %%   above p80 %5.1f %%   width %4.1f min\n", name, inside, above, width)
	}
	line("all", func(queue.Score) bool { return true })
	for _, o := range offers {
		line(string(o.name), func(s queue.Score) bool { return s.Service == o.name })
	}
	line(r.worst(), func(s queue.Score) bool { return s.Day[:8] == r.worst() })
	fmt.Fprintf(w, "calls %d (first come %d), per hour %.1f (%.1f), overtaken %.1f per 100 calls, by rule %v\n", r.Calls, r.PlainCalls,
		float64(r.Calls)*60*minuteMs/float64(r.OpenMs), float64(r.PlainCalls)*60*minuteMs/float64(r.PlainOpenMs),
		100*float64(r.Overtaken)/float64(r.Calls), r.Rules)
	for _, c := range slices.Sorted(maps.Keys(r.Waits)) {
		fmt.Fprintf(w, "%-12s waits 50/80/95 %s   first come %s\n", c, percentiles(r.Waits[c]), percentiles(r.Plain[c]))
	}
}

// worst is the month with the smallest share inside.
func (r Result) worst() string {
	worst, least := "", 101.0
	for _, s := range r.Scores {
		month := s.Day[:8]
		if inside, _, _ := r.Share(func(o queue.Score) bool { return o.Day[:8] == month }); month != worst && inside < least {
			worst, least = month, inside
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
