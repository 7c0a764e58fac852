package terminal

import "time"

// Report is what one message said of one terminal.
type Report struct {
	ID       ID
	By       Source
	Device   time.Time // by the clock of the terminal or bank; zero when the message bears none
	Received time.Time // by the box's clock

	Says      map[Axis]Value // an axis that is not in it was not spoken of; Unknown takes back what was known
	Cassettes []Cassette     // those spoken of
	Whole     bool           // it spoke of everything its source knows: what is missing has become unknown

	Aside bool // it bears on its axes only: no word of the terminal's own, such as silence, or a port that was open

	Money   time.Time // when money was last paid out, as the message says; zero: it does not say
	Advices int       // payments it reported
}

// Cassette is one box of notes.
type Cassette struct {
	Number int   // from 1
	Level  Value // OK, Low, Out, Fault, None; Unknown: not spoken of
	Denom  int   // rupees a note; 0: not spoken of
	Count  int   // notes; less than 0: not spoken of
}

// at is when the report was true: by its own clock, but never later than it arrived.
func (r Report) at() time.Time {
	if r.Device.IsZero() || r.Device.After(r.Received) {
		return r.Received
	}
	return r.Device
}

// Levels are the counts of notes at which a cassette is called low or out.
type Levels struct {
	Low int // this many or fewer are low
	Out int // this many or fewer make up no payment
}

// Of is the level of so many notes.
func (l Levels) Of(count int) Value {
	switch {
	case count <= l.Out:
		return Out
	case count <= l.Low:
		return Low
	}
	return OK
}
