package station

import "time"

const (
	// fingerWait is how long a person has for one finger: time to wipe it, to be shown where, and to press twice.
	fingerWait = 20 * time.Second

	// recordWait bounds the record of a finger that was tried, which outlives the page that asked for it.
	recordWait = 10 * time.Second
)
