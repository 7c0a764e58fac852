package port

import (
	"errors"
	"time"
)

// What a line can be, as far as a driver that asks and listens can tell. None of them ends a driver.
var (
	// ErrSilent: the device was asked and nothing came, for longer than it may take.
	ErrSilent = errors.New("the device does not answer")
	// ErrBabble: bytes come, and they are nothing that this kind of device says.
	ErrBabble = errors.New("the device sends what is no answer")
	// ErrHalf: answers begin as they should and are not finished.
	ErrHalf = errors.New("the device answers only in part")
)

// Ear judges a line by what a driver could make of it, so that every driver calls a silent, a babbling and a
// half-mute device by the same names, and as soon. It belongs to the goroutine that talks to the device. The zero Ear is
// ready and gives a device the benefit of the doubt.
type Ear struct {
	asked  time.Time // of the oldest question that nothing understood has followed; zero for none
	noise  int       // bytes since the last thing understood
	halves int       // answers that began well and ended short, since then
}

// Asked notes that the device owes an answer.
func (e *Ear) Asked(now time.Time) {
	if e.asked.IsZero() {
		e.asked = now
	}
}

// Understood notes a whole and proper message; what was before is forgiven.
func (e *Ear) Understood() { *e = Ear{} }

// Noise notes bytes that belong to no message.
func (e *Ear) Noise(bytes int) { e.noise += bytes }

// Half notes a message that began well and was not finished in time.
func (e *Ear) Half() { e.halves++ }

// Verdict is nil, ErrSilent, ErrBabble or ErrHalf. A device that was never asked, as a scale that talks by itself, is
// silent only if the driver calls Asked when it begins to listen.
func (e *Ear) Verdict(now time.Time) error {
	switch {
	case e.noise >= babbleBytes:
		return ErrBabble
	case e.halves >= halvesBelieved:
		return ErrHalf
	case e.asked.IsZero() || now.Sub(e.asked) < silentAfter:
		return nil
	case e.noise > 0:
		return ErrBabble
	case e.halves > 0:
		return ErrHalf
	}
	return ErrSilent
}
