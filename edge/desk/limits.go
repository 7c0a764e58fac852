package desk

import "time"

const (
	// typedWithin is how far the clock may be from what somebody typed a moment ago, on a busy disk.
	typedWithin = time.Minute

	// nextShown is how many numbers a desk sees ahead: enough to recognise who stands at the door.
	nextShown = 5

	// asideShown bounds each list of people on hold, parked and missed that a desk is shown: a screen's worth.
	asideShown = 40

	// triesPerFinger is how often one finger is tried before another is offered: the MOSIP reference client's default.
	triesPerFinger = 3

	// callsShown is how many calls a hall screen keeps in view: people miss a call when another follows at once.
	callsShown = 6
)

// DefaultPatience gives a person time to walk through a full hall: a call is heard for ten seconds, and three recalls
// over a minute and a half go by before somebody counts as not here. Who comes back lets two go first, and a press can be
// taken back for half a minute, or by two people for ten: the time of one service, in which a mistake is found.
func DefaultPatience() Patience {
	return Patience{
		RecallEvery: 10 * time.Second, NoShowRecalls: 3, NoShowAfter: 90 * time.Second, ReturnAfter: 2,
		UndoWithin: 30 * time.Second, UndoLate: 10 * time.Minute,
	}
}

// seatMax is how long somebody stays signed in: a shift with its extra hours, and not the night after it.
const seatMax = 14 * time.Hour

// glassTime is how long a right that somebody took lasts: one visit with its papers, and not the next hour.
const glassTime = 10 * time.Minute

// glassUnseenMax is how many one person may take before a manager has looked at any: a morning on which somebody did not come.
const glassUnseenMax = 5

// lockAfter is how many failures in a row lock an account: people who try three PINs they have had do not get there, and
// a guesser has one chance in 100,000.
const lockAfter = 10

// personDelay: three slips of the finger are free; the tenth failure comes seven minutes after the first at the least.
var personDelay = delay{free: 3, floor: 5 * time.Second, ceiling: 5 * time.Minute}

// placeDelay is short, because whoever stands in the hall could keep a desk shut with it, and still makes the thousand
// codes of a desk a night's work.
var placeDelay = delay{free: 6, floor: 2 * time.Second, ceiling: 30 * time.Second}
