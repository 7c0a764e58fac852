package terminal

import (
	"slices"
	"time"
)

// Reading is the last that was said of an axis.
type Reading struct {
	Value    Value
	At       time.Time // when it was true; zero when nothing was ever said
	By       Source
	device   time.Time
	received time.Time
}

// State is what is known of one terminal. The zero State knows nothing.
type State struct {
	Axes      [AxisCount]Reading
	Cassettes [CassettesMax]CassetteReading // by number, from 1
	Heard     time.Time                     // when the newest accepted message was true; zero before the first
	By        Source                        // of that message
	Money     time.Time                     // when money was last seen paid out
	Advices   int                           // payments reported since the box started
}

// CassetteReading is the last that was said of a cassette.
type CassetteReading struct {
	Reading     // of its level
	Denom   int // rupees a note; 0 unknown
	Count   int // notes; meaningful when Counted
	Counted bool
}

// New is the state of a terminal nobody has spoken of. A POS has no cash of its own.
func New(k Kind) State {
	var s State
	if k == POS {
		for _, a := range []Axis{Cash, Journal, Dispenser} {
			s.Axes[a].Value = None
		}
	}
	return s
}

// After is the state once a report was heard. What is older than what is known changes nothing.
func (s State) After(r Report) State {
	for a, v := range r.Says {
		if a >= 0 && int(a) < AxisCount && a != Cash {
			s.Axes[a] = s.Axes[a].after(r, v)
		}
	}
	for _, c := range r.Cassettes {
		if c.Number >= 1 && c.Number <= CassettesMax {
			s.Cassettes[c.Number-1] = s.Cassettes[c.Number-1].after(r, c)
		}
	}
	if r.Whole {
		s = s.forget(r)
	}
	return s.recount(r).heard(r)
}

func (r Report) reading(v Value) Reading {
	return Reading{Value: v, At: r.at(), By: r.By, device: r.Device, received: r.Received}
}

func (now Reading) after(r Report, v Value) Reading {
	if now.newer(r) {
		return now
	}
	return r.reading(v)
}

// newer says that the report is older than what is known: by the device's clock if one device said both, else by when
// each was true; of two with one time, the one that arrived later counts.
func (now Reading) newer(r Report) bool {
	mine, its := now.At, r.at()
	if now.By == r.By && !now.device.IsZero() && !r.Device.IsZero() {
		mine, its = now.device, r.Device
	}
	if mine.Equal(its) {
		return now.received.After(r.Received)
	}
	return mine.After(its)
}

func (now CassetteReading) after(r Report, c Cassette) CassetteReading {
	if now.newer(r) {
		return now
	}
	if c.Level != Unknown || now.Value == Unknown {
		now.Reading = r.reading(c.Level)
	}
	if c.Denom > 0 {
		now.Denom = c.Denom
	}
	if c.Count >= 0 {
		now.Count, now.Counted = c.Count, true
	}
	return now
}

// forget makes unknown what this source told before and does not tell any more. What others told stays.
func (s State) forget(r Report) State {
	for a := range s.Axes {
		if _, said := r.Says[Axis(a)]; !said && Axis(a) != Cash && s.Axes[a].By == r.By {
			s.Axes[a] = s.Axes[a].after(r, Unknown)
		}
	}
	for i, c := range s.Cassettes {
		said := slices.ContainsFunc(r.Cassettes, func(o Cassette) bool { return o.Number == i+1 })
		if !said && c.By == r.By && !c.newer(r) {
			s.Cassettes[i] = CassetteReading{Reading: r.reading(Unknown)}
		}
	}
	return s
}

func (s State) heard(r Report) State {
	if at := r.at(); at.After(s.Heard) && !r.Aside {
		s.Heard, s.By = at, r.By
	}
	if money := r.Money; money.After(s.Money) {
		s.Money = money
		if money.After(r.Received) {
			s.Money = r.Received
		}
	}
	s.Advices += r.Advices
	return s
}

// recount lets the axis of cash follow from what the report changed.
func (s State) recount(r Report) State {
	switch cash := s.cash(); {
	case !s.counted():
	case cash != s.Axes[Cash].Value:
		s.Axes[Cash] = r.reading(cash)
	case len(r.Cassettes) > 0:
		s.Axes[Cash] = s.Axes[Cash].after(r, cash)
	}
	return s
}

// counted says that somebody has spoken of a cassette.
func (s State) counted() bool {
	return slices.ContainsFunc(s.Cassettes[:], func(c CassetteReading) bool { return !c.At.IsZero() })
}

// cash follows from the cassettes. One that is empty, among others that are not, makes it low: not every sum can be
// paid. It is out when none has notes, or when some are out and the dispenser has failed over it.
func (s State) cash() Value {
	all := map[Value]int{}
	configured := 0
	for _, c := range s.Cassettes {
		if c.Value != Unknown && c.Value != None {
			all[c.Value]++
			configured++
		}
	}
	switch {
	case configured == 0:
		return Unknown
	case all[OK] == configured:
		return OK
	case all[Out] > 0 && s.Axes[Dispenser].Value == Fault:
		return Out
	case all[OK]+all[Low] > 0:
		return Low
	case all[Fault] > 0:
		return Fault
	}
	return Out
}

// Verdict answers whether a terminal can pay out now.
type Verdict struct {
	Can Value  // Yes, No or Unknown
	Why string // code of the first reason that stands against it; empty for Yes
}

// Reasons beyond the names of the axes.
const (
	NeverHeard = "never-heard" // nobody has spoken of it since the box started
	Silent     = "silent"      // what was said is too old to mean anything
	Stale      = "stale"       // nobody is sent there on the strength of it
	Settling   = "settling"    // it was unknown, and is well for less than a minute
)

// needs is what paying takes, in the order in which reasons are named.
var needs = []struct {
	axis Axis
	good []Value
}{
	{Link, []Value{Online}},
	{Service, []Value{InService}},
	{Cash, []Value{OK, Low, None}},
	{CardReader, []Value{OK, None}},
	{Dispenser, []Value{OK, Degraded, None, Unknown}},
}

// CanPay follows from the state and the time. What is known to stand against it comes first; then what is not known.
func (s State) CanPay(k Kind, now time.Time) Verdict {
	age := now.Sub(s.Heard)
	switch {
	case s.Heard.IsZero():
		return Verdict{Unknown, NeverHeard}
	case age >= k.silentAfter():
		return Verdict{Unknown, Silent}
	}
	doubt := ""
	for _, n := range needs {
		switch v := s.Axes[n.axis].Value; {
		case slices.Contains(n.good, v):
		case v != Unknown:
			return Verdict{No, n.axis.String()}
		case doubt == "":
			doubt = n.axis.String()
		}
	}
	switch {
	case age >= staleAfter:
		return Verdict{No, Stale}
	case doubt != "":
		return Verdict{Unknown, doubt}
	}
	return Verdict{Can: Yes}
}

// turns is when the verdict will change by itself, after now; zero when it will not.
func (s State) turns(k Kind, now time.Time) time.Time {
	for _, after := range []time.Duration{staleAfter, k.silentAfter()} {
		if at := s.Heard.Add(after); at.After(now) && !s.Heard.IsZero() {
			return at
		}
	}
	return time.Time{}
}
