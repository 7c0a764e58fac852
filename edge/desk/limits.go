package desk

import "time"

const (
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
// taken back for half a minute.
func DefaultPatience() Patience {
	return Patience{RecallEvery: 10 * time.Second, NoShowRecalls: 3, NoShowAfter: 90 * time.Second, ReturnAfter: 2, UndoWithin: 30 * time.Second}
}
