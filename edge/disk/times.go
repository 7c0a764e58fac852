package disk

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// Times counts how long something took, by powers of two of a microsecond. The zero value is ready; any goroutine may call
// it.
type Times struct {
	buckets [bucketsMax]atomic.Uint64 // bucket n: below 1<<n µs, and not below half of that
	longest atomic.Int64              // nanoseconds
}

// Add counts one.
func (t *Times) Add(took time.Duration) {
	n := min(bits.Len64(uint64(max(took, 0).Microseconds())), bucketsMax-1)
	t.buckets[n].Add(1)
	for {
		old := t.longest.Load()
		if int64(took) <= old || t.longest.CompareAndSwap(old, int64(took)) {
			return
		}
	}
}

// Summary is how long it took, rounded up to a power of two of a microsecond.
type Summary struct {
	Count   uint64        `json:"count"`
	Median  time.Duration `json:"median_ns"`
	P99     time.Duration `json:"p99_ns"`
	Longest time.Duration `json:"longest_ns"`
}

// Summary is what was counted so far.
func (t *Times) Summary() (s Summary) {
	var counts [bucketsMax]uint64
	for i := range counts {
		counts[i] = t.buckets[i].Load()
		s.Count += counts[i]
	}
	s.Median, s.P99 = rank(counts, (s.Count+1)/2), rank(counts, s.Count-s.Count/100)
	s.Longest = time.Duration(t.longest.Load())
	return s
}

// rank is the upper bound of the bucket that holds the nth smallest.
func rank(counts [bucketsMax]uint64, nth uint64) time.Duration {
	seen := uint64(0)
	for i, c := range counts {
		if seen += c; seen >= nth && seen > 0 {
			return time.Duration(1<<i) * time.Microsecond
		}
	}
	return 0
}
