package uru

import "time"

// State is what is known of the reader. The zero State is "nothing heard yet".
type State struct {
	Known   bool      // the reader answered, and Line is nil
	Line    error     // port.ErrSilent, port.ErrBabble or port.ErrHalf
	Fault   error     // ErrAsleep or ErrNoPicture, until it worked again
	Waiting bool      // somebody was asked for a finger
	Heard   time.Time // of the last answer; zero before the first
}

// Ready is nil when a finger can be taken.
func (s State) Ready() error {
	switch {
	case s.Line != nil:
		return s.Line
	case s.Fault != nil:
		return s.Fault
	case !s.Known:
		return ErrNotRunning
	}
	return nil
}

// same ignores the time, which changes with every answer.
func (s State) same(o State) bool {
	s.Heard, o.Heard = time.Time{}, time.Time{}
	return s == o
}
