package desk

import "time"

const (
	// nextShown is how many numbers a desk sees ahead: enough to recognise who stands at the door.
	nextShown = 5

	// triesPerFinger is how often one finger is tried before another is offered: the MOSIP reference client's default.
	triesPerFinger = 3
)

// DefaultPatience gives a person time to walk through a full hall: a call is heard for ten seconds, and three recalls
// over a minute and a half go by before somebody counts as not here.
func DefaultPatience() Patience {
	return Patience{RecallEvery: 10 * time.Second, NoShowRecalls: 3, NoShowAfter: 90 * time.Second}
}
