package queue

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"markaz.example/edge/id"
)

// hall is a drawn world: who comes when, which desks there are, how long each call takes.
type hall struct {
	desks []Desk
	waits []Waiter // in order of arrival
	took  []int64  // of each, at whatever desk
}

const (
	shortestMs = minuteMs
	longestMs  = 15 * minuteMs
)

func drawHall(t *rapid.T) hall {
	var h hall
	services := []id.Service{"kafaalat", "nashonuma", "nadra"}
	for range rapid.IntRange(1, 4).Draw(t, "desks") {
		serves := rapid.Permutation(services).Draw(t, "serves")[:rapid.IntRange(1, 3).Draw(t, "how many")]
		h.desks = append(h.desks, Desk{
			Open: true, Serves: serves, Sex: rapid.SampledFrom([]string{"f", "m"}).Draw(t, "sex"),
			Languages: []string{"ur", rapid.SampledFrom([]string{"ps", "sd"}).Draw(t, "also")},
			Ground:    rapid.Bool().Draw(t, "ground"),
		})
	}
	classes := rapid.SliceOfN(rapid.SampledFrom(Classes()), 1, 4).Draw(t, "mix")
	now := int64(noonMs)
	for n := range rapid.IntRange(1, 150).Draw(t, "people") {
		now += rapid.Int64Range(0, 4*minuteMs).Draw(t, "gap")
		w := Waiter{
			Service: rapid.SampledFrom(services).Draw(t, "service"), Class: rapid.SampledFrom(classes).Draw(t, "class"),
			SinceMs: now, SeniorityMs: now - rapid.SampledFrom([]int64{0, 0, 0, 0, 30 * minuteMs}).Draw(t, "kept"), Number: uint64(n),
			Needs: Needs{
				Sex: rapid.SampledFrom([]string{"", "", "", "f"}).Draw(t, "woman"), Language: rapid.SampledFrom([]string{"", "", "ps"}).Draw(t, "speaks"),
				Ground: rapid.IntRange(0, 9).Draw(t, "stairs") == 0,
			},
		}
		if rapid.IntRange(0, 5).Draw(t, "booked") == 0 {
			w.ApptMs = now + rapid.Int64Range(-20*minuteMs, 20*minuteMs).Draw(t, "booked for")
		}
		h.waits = append(h.waits, w)
		h.took = append(h.took, rapid.Int64Range(shortestMs, longestMs).Draw(t, "took"))
	}
	return h
}

// called is one call of a play.
type called struct {
	who, desk int
	atMs      int64
}

// play lets the desks call until nobody waits whom a desk can serve.
func (h hall) play(r Rules) []called {
	var calls []called
	free := make([]int64, len(h.desks))
	var line []Waiter
	came, now := 0, h.waits[0].SinceMs
	for {
		for came < len(h.waits) && h.waits[came].SinceMs <= now {
			line = append(line, h.waits[came])
			came++
		}
		next := int64(1 << 62)
		for d := range h.desks {
			if i, _, ok := Next(r, h.desks[d], line, now); ok && free[d] <= now {
				who := int(line[i].Number)
				calls = append(calls, called{who, d, now})
				free[d] = now + h.took[who]
				line = slices.Delete(line, i, i+1)
			}
			if free[d] > now {
				next = min(next, free[d])
			}
		}
		if came < len(h.waits) {
			next = min(next, h.waits[came].SinceMs)
		}
		if next == 1<<62 {
			return calls
		}
		now = next
	}
}

// judge reports a waiter who was passed over more, or waited longer, than the package's comment states.
func (h hall) judge(calls []called, r Rules) error {
	for _, mine := range calls {
		if err := h.judgeOne(calls, mine, r); err != nil {
			return err
		}
	}
	for _, w := range h.waits {
		able := slices.ContainsFunc(h.desks, func(d Desk) bool { return d.Can(w) })
		done := slices.ContainsFunc(calls, func(c called) bool { return c.who == int(w.Number) })
		if able != done {
			return fmt.Errorf("%+v: a desk can serve: %v; called: %v", w, able, done)
		}
	}
	return nil
}

func (h hall) judgeOne(calls []called, mine called, r Rules) error {
	w := h.waits[mine.who]
	brakes := max(w.SeniorityMs+r.CeilingMs, w.SinceMs)
	last := max(brakes, w.SeniorityMs+r.LeadMs())
	desks := h.able(w)
	var late int64
	for _, c := range calls[:slices.Index(calls, mine)] {
		if c.atMs < w.SinceMs || !slices.Contains(desks, c.desk) {
			continue
		}
		if c.atMs >= brakes {
			late++
		}
		other := h.waits[c.who]
		if !older(&w, &other) || other.Class == Emergency {
			continue
		}
		if w.Class == Emergency || other.SeniorityMs > last || c.atMs >= brakes && !pressed(&other, r, c.atMs) {
			return fmt.Errorf("%+v was overtaken by %+v at %d", w, other, c.atMs)
		}
	}
	k := int64(len(desks))
	if limit := brakes + (late+k)*longestMs/k; mine.atMs > limit {
		return fmt.Errorf("%+v was called at %d, after %d", w, mine.atMs, limit)
	}
	return nil
}

// pressed says that somebody has waited the ceiling, or has an appointment in its window.
func pressed(w *Waiter, r Rules, now int64) bool {
	return now-w.SeniorityMs >= r.CeilingMs || w.ApptMs != 0 && now >= w.ApptMs-r.EarlyMs
}

// able is the desks that can serve a waiter.
func (h hall) able(w Waiter) []int {
	var all []int
	for i, d := range h.desks {
		if d.Can(w) {
			all = append(all, i)
		}
	}
	return all
}

func older(a, b *Waiter) bool {
	x, y := standingOf(Rules{}, a, 0), standingOf(Rules{}, b, 0)
	return x.senior(&y)
}

func TestNobodyStarves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, r := drawHall(t), drawRules(t)
		if err := h.judge(h.play(r), r); err != nil {
			t.Fatal(err)
		}
	})
}

// drawRules draws rules that Check accepts.
func drawRules(t *rapid.T) Rules {
	r := DefaultRules()
	if rapid.Bool().Draw(t, "default rules") {
		return r
	}
	for _, c := range Classes() {
		r.Ranks[c] = Rank{rapid.Int64Range(1, percentMax).Draw(t, "percent"), rapid.Int64Range(0, 60*minuteMs).Draw(t, "boost")}
	}
	r.CeilingMs = rapid.Int64Range(minuteMs, 90*minuteMs).Draw(t, "ceiling")
	r.ShortPeople, r.ShortMs = rapid.IntRange(0, 9).Draw(t, "short"), rapid.Int64Range(0, 20*minuteMs).Draw(t, "short time")
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	return r
}

// Control: without the brake the same judge finds people who are passed over for ever.
func TestNobodyStarvesControl(t *testing.T) {
	draw := rapid.Custom(drawHall)
	caught := 0
	for seed := range 100 {
		h, r := draw.Example(seed), DefaultRules()
		r.CeilingMs = 0
		if h.judge(h.play(r), DefaultRules()) != nil {
			caught++
		}
	}
	if caught == 0 {
		t.Error("100 halls without a brake, and nobody starved: the judge sees nothing")
	}
	t.Logf("%d of 100 halls without a brake were found out", caught)
}
