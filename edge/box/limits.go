package box

import "time"

const (
	// printWait bounds one slip: it is composed in milliseconds, sent in at most 40 s at 9600 baud, and confirmed
	// within 10 s.
	printWait = 60 * time.Second

	// wantWait is how long a piece from a stick waits for its pack to be wanted: trying the one before takes less.
	wantWait = 5 * time.Second

	// configLook is how often a box without a configuration looks for one.
	configLook = 2 * time.Second

	// tellWait bounds the record that headquarters told us the time.
	tellWait = 10 * time.Second

	// takeWait bounds a decision about a letter, or a look at the ledger for headquarters.
	takeWait = 30 * time.Second

	// tailLines is how much of the log a diagnosis can tell: some hours of a quiet day.
	tailLines = 200

	// tailBytesMax bounds one line of it.
	tailBytesMax = 400

	// playMax bounds one announcement at a loudspeaker: the longest is a minute.
	playMax = 90 * time.Second

	// patienceMax bounds how people are called, in seconds or people: an hour, and no centre means more.
	patienceMax = 3600

	// activePacksMax bounds the packs that a beat tells of.
	activePacksMax = 16
)
