package fault

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// Way is a direction through the plug.
type Way string

// The ways; the empty one is both.
const (
	Both Way = ""
	In   Way = "in"  // from the device to the box
	Out  Way = "out" // from the box to the device
)

// Script is what will happen to a device. Parse makes one; it is not changed by running, so one serves many devices.
type Script struct {
	seed   uint64 // 0 means 1
	repeat int    // 0 means 1
	lines  []line
}

// line is one thing that happens.
type line struct {
	when   when
	amount span // time or bytes
	bytes  bool // of amount
	way    Way  // of amount
	what   what
}

type when string

const (
	then  when = "then"
	after when = "after"
	at    when = "at byte"
	every when = "every"
)

// what is done, and for how long.
type what struct {
	verb  verb
	n     span // bytes or bits
	delay span // of delayAnswers
	way   Way  // of drop and flip
	lasts span // zero: for good
}

type verb string

const (
	unplug       verb = "unplug"
	plug         verb = "plug"
	powerOff     verb = "power off"
	powerOn      verb = "power on"
	silence      verb = "silence"
	deaf         verb = "deaf"
	stuck        verb = "stuck"
	halfAnswers  verb = "half answers"
	delayAnswers verb = "delay answers"
	babble       verb = "babble"
	drop         verb = "drop"
	flip         verb = "flip"
	well         verb = "well"
)

// span is a number, or a range to draw one from; durations in nanoseconds.
type span struct{ low, high int64 }

func (s span) text(one func(int64) string) string {
	if s.low == s.high {
		return one(s.low)
	}
	return one(s.low) + " to " + one(s.high)
}

func number(n int64) string   { return fmt.Sprint(n) }
func duration(n int64) string { return time.Duration(n).String() }

// String is the script as Parse reads it.
func (s *Script) String() string {
	var out strings.Builder
	if s.seed != 0 {
		fmt.Fprintf(&out, "seed %d\n", s.seed)
	}
	for _, l := range s.lines {
		fmt.Fprintf(&out, "%s: %s\n", l.head(), l.what)
	}
	if s.repeat != 0 {
		fmt.Fprintf(&out, "repeat %d\n", s.repeat)
	}
	return out.String()
}

func (l line) head() string {
	switch {
	case l.when == then:
		return string(then)
	case l.when == at:
		return join(string(at), l.amount.text(number), string(l.way))
	case l.bytes:
		return join(string(l.when), l.amount.text(number), "bytes", string(l.way))
	}
	return join(string(l.when), l.amount.text(duration))
}

func (w what) String() string {
	s := string(w.verb)
	switch w.verb {
	case babble:
		s = join(s, w.n.text(number), "bytes")
	case drop:
		s = join(s, w.n.text(number), "bytes", string(w.way))
	case flip:
		s = join(s, w.n.text(number), "bits", string(w.way))
	case delayAnswers:
		s = join(s, w.delay.text(duration))
	}
	if w.lasts.high > 0 {
		s = join(s, "for", w.lasts.text(duration))
	}
	return s
}

func join(words ...string) string {
	return strings.TrimRight(strings.Join(words, " "), " ")
}

// rounds is how often the lines come.
func (s *Script) rounds() int { return cmp.Or(s.repeat, 1) }
