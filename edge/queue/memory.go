package queue

import (
	"slices"

	"markaz.example/edge/id"
)

// What an estimate needs to know of a service is small, so whoever watches the calls keeps it up to date instead of
// looking for it. A view stores these types as they are.

// Lately is what one service's calls took today.
type Lately struct {
	Day string  `cbor:"1,keyasint"` // business day
	MS  []int64 `cbor:"2,keyasint"` // of calls that have ended, newest last; todayMost at most
}

// Add notes a call that ended.
func (l *Lately) Add(day string, ms int64) {
	if l.Day != day {
		l.Day, l.MS = day, nil
	}
	l.MS = newest(append(l.MS, ms), todayMost)
}

// Of is what is kept of a day.
func (l Lately) Of(day string) []int64 {
	if l.Day != day {
		return nil
	}
	return l.MS
}

// Band is what one service's calls took in one hour of the last four weeks: the first few of each day, which are as long as
// any.
type Band struct {
	Day string  `cbor:"1,keyasint"` // business day of the newest
	N   int     `cbor:"2,keyasint"` // of that day
	MS  []int64 `cbor:"3,keyasint"` // newest last; bandMost at most
}

// Add notes a call that ended. It reports whether the band changed.
func (b *Band) Add(day string, ms int64) bool {
	if b.Day != day {
		b.Day, b.N = day, 0
	}
	if b.N == bandDaily {
		return false
	}
	b.N++
	b.MS = newest(append(b.MS, ms), bandMost)
	return true
}

// Came is the last who came to one service's line.
type Came struct {
	AtMs    []int64 `cbor:"1,keyasint"` // newest last; cameMost at most
	Classes []Class `cbor:"2,keyasint"`
}

// Add notes somebody who comes to the line.
func (c *Came) Add(atMs int64, class Class) {
	c.AtMs, c.Classes = newest(append(c.AtMs, atMs), cameMost), newest(append(c.Classes, class), cameMost)
}

// Streams is who may still come to the service's line: as in the last hour, or since the lines opened if that is less.
func (c Came) Streams(s id.Service, openedMs, nowMs int64) []Coming {
	since := max(openedMs, nowMs-cameForMs)
	if len(c.AtMs) == cameMost {
		since = max(since, c.AtMs[0])
	}
	count := map[Class]int64{}
	for i, at := range c.AtMs {
		if at >= since {
			count[c.Classes[i]]++
		}
	}
	var all []Coming
	for _, class := range Classes() {
		if n := count[class]; n > 0 {
			all = append(all, Coming{Waiter{Service: s, Class: class}, max(nowMs-since, cameLeastMs) / n})
		}
	}
	return all
}

// Pace is how far apart calls are while somebody waits, beside how long they are.
type Pace struct {
	ApartMs int64 `cbor:"1,keyasint"`
	TookMs  int64 `cbor:"2,keyasint"`
}

// Add notes two calls in a row at one desk: what the first took, and when the second followed after its end. Whoever is
// called had to be waiting by then, or the desk was idle, and idle is no delay.
func (p *Pace) Add(tookMs, gapMs int64, waited bool) {
	if !waited || gapMs > gapMsMax {
		gapMs = 0
	}
	p.ApartMs, p.TookMs = p.ApartMs+tookMs+gapMs, p.TookMs+tookMs
	if p.TookMs > paceMsMax {
		p.ApartMs, p.TookMs = p.ApartMs/2, p.TookMs/2
	}
}

// Drag is what a Scene wants, in percent.
func (p Pace) Drag() int64 {
	if p.TookMs < paceMsMin {
		return dragGuess
	}
	return min((p.ApartMs-p.TookMs)*100/p.TookMs, dragMax)
}

func newest[T any](all []T, most int) []T {
	if extra := len(all) - most; extra > 0 {
		return slices.Delete(all, 0, extra)
	}
	return all
}

// Away is how long a centre's desks paused.
type Away struct {
	MS []int64 `cbor:"1,keyasint"` // newest last; awayMost at most
}

// Add notes a pause that ended.
func (a *Away) Add(ms int64) {
	if ms <= gapMsMax {
		a.MS = newest(append(a.MS, ms), awayMost)
	}
}

// Times is what a Scene wants.
func (a Away) Times() Times { return NewTimes(nil, a.MS, 0) }
