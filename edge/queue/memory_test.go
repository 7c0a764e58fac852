package queue

import (
	"slices"
	"testing"
)

func TestMemory(t *testing.T) {
	var l Lately
	var b Band
	for i := range int64(40) {
		l.Add("2026-11-22", i)
		b.Add("2026-11-22", i)
	}
	if got := l.Of("2026-11-22"); len(got) != todayMost || got[0] != 10 {
		t.Errorf("of 40 calls today: %v", got)
	}
	if got := l.Of("2026-11-23"); got != nil {
		t.Errorf("of a day without calls: %v", got)
	}
	if l.Add("2026-11-23", 7); !slices.Equal(l.MS, []int64{7}) {
		t.Errorf("after a night: %v", l.MS)
	}
	if !slices.Equal(b.MS, []int64{0, 1, 2, 3}) {
		t.Errorf("of 40 calls in one hour: %v", b.MS)
	}
	for day := range 40 {
		for i := range int64(9) {
			b.Add(string(rune('a'+day)), i)
		}
	}
	if len(b.MS) != bandMost {
		t.Errorf("of 40 days %d calls, want those of 28", len(b.MS))
	}
}

func TestStreams(t *testing.T) {
	var c Came
	for i := range int64(10) {
		c.Add(noonMs-100*minuteMs+i*10*minuteMs, Normal)
	}
	c.Add(noonMs, Infant)
	got := c.Streams(cash, noonMs-200*minuteMs, noonMs)
	if len(got) != 2 || got[0].Waiter.Class != Infant || got[0].EveryMs != 60*minuteMs || got[1].EveryMs != 10*minuteMs {
		t.Errorf("one a ten minutes and an infant: %+v", got)
	}
	if got := c.Streams(cash, noonMs, noonMs+3*60*minuteMs); got != nil {
		t.Errorf("nobody in the last hour: %+v", got)
	}
	for range 100 {
		c.Add(noonMs, Normal)
	}
	if got := c.Streams(cash, 0, noonMs+30*minuteMs); got[0].EveryMs != 30*minuteMs/cameMost {
		t.Errorf("a rush: %+v", got)
	}
}

func TestPace(t *testing.T) {
	var p Pace
	if p.Drag() != dragGuess {
		t.Errorf("nothing known: %d", p.Drag())
	}
	for range 1000 {
		p.Add(4*minuteMs, minuteMs, true)
		p.Add(4*minuteMs, 30*minuteMs, false)  // idle
		p.Add(4*minuteMs, 3*60*minuteMs, true) // closed
	}
	if p.Drag() != 8 {
		t.Errorf("a minute after every third call of four: %d %%, want 8", p.Drag())
	}
	if p.TookMs > paceMsMax {
		t.Errorf("remembers %d ms", p.TookMs)
	}
	var a Away
	a.Add(gapMsMax + 1)
	if a.Times().Known {
		t.Error("a night counts as a pause")
	}
}
