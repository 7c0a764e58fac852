package finger

import (
	"errors"
	"time"
)

// What a reader can say is wrong with itself. Each needs something done that is not another try with the finger.
var (
	ErrPassword = errors.New("the reader refuses our password")
	ErrDirty    = errors.New("the reader sees a finger all the time and can read none: its glass is dirty")
	ErrSensor   = errors.New("the reader's sensor does not work")
	ErrRegister = errors.New("the reader is not registered with its provider, or its key has run out")
	ErrTamper   = errors.New("the reader says that somebody opened it")
	ErrTrust    = errors.New("what the reader says cannot be believed")
	ErrClock    = errors.New("the reader's clock and the box's differ")
)

// State is how a reader is. The zero State is one of which nothing is known yet.
type State struct {
	Ready   bool      // a capture can be asked for
	Line    error     // port.Ear's verdict; nil when the line is well or the reader has none
	Trouble error     // what is wrong with the reader itself, one of the above; nil when nothing
	Heard   time.Time // when it last said anything that was understood; zero for never
}

// Same ignores the time, which changes with every answer.
func (s State) Same(o State) bool {
	return s.Ready == o.Ready && errors.Is(s.Line, o.Line) && errors.Is(s.Trouble, o.Trouble)
}
