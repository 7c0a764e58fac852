package full

import "time"

const (
	// before is how many numbers at most are given while there is room.
	before = 30

	// left is how many pages at most are left when the room ends: from none to some twenty commits.
	left = 200

	// pressesFull is how many presses come while there is none: enough to use what is left, and to be refused some.
	pressesFull = 80

	// patience is for what takes milliseconds on a quiet machine.
	patience = 30 * time.Second

	// poll is between two looks at something that is awaited.
	poll = 20 * time.Millisecond

	// answerBytes is as much of a page as is looked at.
	answerBytes = 1 << 20
)
