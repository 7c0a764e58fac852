package queue

import (
	"cmp"
	"slices"
)

// Times is how long one call of a service keeps a desk: times that are equally likely, ascending, in milliseconds. Empty is
// not known.
type Times struct {
	MS     [points]int64
	Known  bool
	Spread int64 // permille by which the whole may be off, one standard deviation: few samples tell little
}

// NewTimes makes them of what is known of one service: what desks took today, newest last; what they took in this hour band
// of the last four weeks; the target. It takes the first that suffices.
func NewTimes(today, past []int64, targetMs int64) Times {
	switch {
	case len(today) >= todayEnough:
		return Times{ofSamples(today[max(len(today)-todayMost, 0):], fade), true, todaySpread}
	case len(past) >= pastEnough:
		return Times{ofSamples(past, 100), true, pastSpread}
	case targetMs > 0:
		return Times{ofTarget(targetMs), true, targetSpread}
	}
	return Times{}
}

// At is the time below which so many of a hundred calls end.
func (t Times) At(percent int) int64 { return t.MS[min(percent*points/100, points-1)] }

// ofSamples weighs each sample keep percent of the one after it.
func ofSamples(samples []int64, keep int64) (ms [points]int64) {
	type weighed struct{ ms, weight int64 }
	all, total, weight := make([]weighed, len(samples)), int64(0), int64(1<<20)
	for i := len(samples) - 1; i >= 0; i-- {
		all[i] = weighed{samples[i], weight}
		total += weight
		weight = max(weight*keep/100, 1)
	}
	slices.SortFunc(all, func(a, b weighed) int { return cmp.Compare(a.ms, b.ms) })
	at, sum := 0, all[0].weight
	for p := range ms {
		for sum*2*points < total*int64(2*p+1) {
			at++
			sum += all[at].weight
		}
		ms[p] = all[at].ms
	}
	return ms
}

// ofTarget spreads a target from half to twice of it.
func ofTarget(target int64) (ms [points]int64) {
	for p := range ms {
		ms[p] = target/2 + target*int64(p)/points
	}
	for p := points * 3 / 4; p < points; p++ {
		ms[p] += target * int64(p-points*3/4) / (points / 2)
	}
	return ms
}

// after is a time that is longer than what has passed, drawn by r.
func (t *Times) after(passed int64, r uint64) int64 {
	first, _ := slices.BinarySearch(t.MS[:], passed+1)
	if first == points {
		return passed + t.MS[points/2]/2
	}
	return t.MS[first+int(r%uint64(points-first))]
}
