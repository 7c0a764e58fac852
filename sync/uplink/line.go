package uplink

import (
	"slices"
	"time"
)

// line is what the acknowledgements of one link say of it: how many bytes arrive in a second, and how long a word
// takes there and back. It is a model for two decisions alone: how large a batch is made, and how much may be under way.
// Every link begins with a new one: the next may go over another carrier.
type line struct {
	rates []float64     // bytes per second, of the newest batches that filled the line
	trip  time.Duration // there and back, of what met nobody on its way
	quiet time.Time     // when that was measured
	hush  bool          // that is long ago: one batch is to go alone
	ratio float64       // stored bytes to sent ones

	underWay  int       // bytes sent, not acknowledged
	delivered int       // bytes acknowledged on this link
	at        time.Time // of the newest acknowledgement, or of the first batch after silence
}

// flight is a batch that was sent and not acknowledged.
type flight struct {
	last  uint64 // its last record
	bytes int
	at    time.Time

	alone     bool      // nothing else was under way
	full      bool      // more was waiting: the line had no rest after it
	delivered int       // by then
	since     time.Time // of that
}

// newLine begins with the trip of the greeting, which is short and meets nobody.
func newLine(now time.Time, trip time.Duration) line {
	return line{ratio: ratioFirst, trip: min(trip, tripMax), quiet: now}
}

// sent notes a batch that begins its way. More: others wait behind it.
func (l *line) sent(now time.Time, last uint64, p Packed, more bool) flight {
	if l.underWay == 0 {
		l.at = now
	}
	f := flight{last: last, bytes: p.Bytes, at: now, alone: l.underWay == 0, full: more, delivered: l.delivered, since: l.at}
	l.underWay += p.Bytes
	if p.Raw >= ratioBytesMin && p.Bytes > 0 {
		l.ratio = min(max(float64(p.Raw)/float64(p.Bytes), 1), ratioMax)
	}
	return f
}

// arrived notes an acknowledgement.
func (l *line) arrived(now time.Time, f flight) {
	l.underWay -= f.bytes
	l.delivered += f.bytes
	l.at = now
	took := max(now.Sub(f.since), clockGrain)
	if took > otherLine*(l.takes(l.delivered-f.delivered)+l.trip) {
		l.rates = nil
	}
	l.measured(float64(l.delivered-f.delivered)/took.Seconds(), f.full)
	if f.alone {
		l.travelled(now, now.Sub(f.at), f.bytes)
	}
	l.hush = now.Sub(l.quiet) > quietEvery
}

// measured keeps the newest rates of a line that had no rest. One with rests only counts when it is the better.
func (l *line) measured(rate float64, full bool) {
	if !full && rate <= l.rate() {
		return
	}
	if l.rates = append(l.rates, rate); len(l.rates) > ratesKept {
		l.rates = l.rates[1:]
	}
}

// travelled learns from a batch that met nobody. It took a trip and the line's time for its bytes, which is known once
// the line was filled; until then it only says how long a trip is at most.
func (l *line) travelled(now time.Time, took time.Duration, bytes int) {
	old := now.Sub(l.quiet) > quietEvery/2
	if old && len(l.rates) == ratesKept {
		took -= l.takes(bytes)
	}
	if old || took < l.trip {
		l.quiet, l.trip = now, min(max(took, 0), tripMax)
	}
}

// rate is in bytes per second; zero: unknown.
func (l *line) rate() float64 {
	if len(l.rates) == 0 {
		return 0
	}
	return slices.Max(l.rates)
}

// takes is how long the line itself needs for so many bytes.
func (l *line) takes(bytes int) time.Duration {
	if r := l.rate(); r > 0 {
		return time.Duration(float64(bytes) / r * float64(time.Second))
	}
	return 0
}

// batch is how many stored bytes make a batch that takes the line batchTakes.
func (l *line) batch() int {
	if len(l.rates) == 0 {
		return batchBytesFirst
	}
	return int(min(max(l.rate()*batchTakes.Seconds()*l.ratio, batchBytesMin), batchBytesMax))
}

// room tells whether another batch may follow those under way. What is on the line is one batch and what fits into
// its length; the next is made ready meanwhile.
func (l *line) room() bool {
	switch {
	case l.underWay == 0:
		return true
	case l.hush:
		return false
	case len(l.rates) == 0:
		return l.underWay < firstFlight
	}
	onLine := float64(l.batch())/l.ratio + l.rate()*(tripGain*l.trip+commitTakes).Seconds()
	return l.underWay < int(min(onLine, flightBytesMax))
}

// patience is how long an acknowledgement may take: what is under way at the slowest line there is, and the rest of it.
func (l *line) patience() time.Duration {
	return ackMax + time.Duration(l.underWay)*time.Second/lineFloor
}
