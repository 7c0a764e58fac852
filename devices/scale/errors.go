package scale

import (
	"errors"
	"fmt"
)

// Why an order was not carried out.
var (
	ErrNotRunning = errors.New("the scale is not connected")
	ErrRunning    = errors.New("driver is already running")
	// ErrAtKeys: this way of speaking has no such command.
	ErrAtKeys = errors.New("this scale takes no such order over its line: use its own key")
	// ErrUnrest: the scale found no rest to zero or tare at.
	ErrUnrest = errors.New("the scale does not come to rest: nobody may touch it, then try again")
	// ErrRange: too much stands on the pan to call it zero, or too little.
	ErrRange = errors.New("the load is outside what may be zeroed or tared: take everything off, then try again")
	// ErrNoAnswer: the order went out and nothing said that it was carried out.
	ErrNoAnswer = errors.New("the scale did not say that it was done: look at its display")
)

// errBusy is a scale that has said nothing but "not now" for longer than taring takes.
var errBusy = errors.New("the scale finds no rest and gives no weight")

// errNoWeight is a scale that answers, but to the question for a weight not at all or never in time.
var errNoWeight = errors.New("the scale answers, but gives no weight: leave its menu, or switch it off and on")

// errQuiet: nothing came before the deadline.
var errQuiet = errors.New("nothing came in time")

// RefusedError is a scale's own error reply.
type RefusedError struct {
	Command string // as sent, without its end
	Code    string // "ES", "ET", "EL", "E01" ...
}

// refusals is what the codes mean. Sources: MT-SICS reference manual, "Error messages"; A&D GX manual, "Error codes".
var refusals = map[string]string{
	"ES": "the scale does not know the command", "ET": "the command reached the scale damaged",
	"EL": "the scale cannot carry the command out", "E00": "the command reached the scale damaged",
	"E01": "the scale does not know the command", "E02": "the scale is not ready", "E03": "the command was not finished in time",
	"E04": "the command has too many characters", "E06": "the command is not formed as the scale wants it",
	"I": "the scale cannot do that just now", "L": "the scale does not take the value",
	"E07": "the scale does not take the value", "E11": "the scale does not come to rest", "E17": "the value is out of range",
}

func (e *RefusedError) Error() string {
	meaning := refusals[e.Code]
	if meaning == "" {
		meaning = "its manual says what that means"
	}
	return fmt.Sprintf("the scale answers %s to %q: %s", e.Code, e.Command, meaning)
}
