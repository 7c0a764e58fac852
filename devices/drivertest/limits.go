package drivertest

import "time"

const (
	// patience is how long the suite waits for a driver to work again, or to end, before it calls it wedged. Ten
	// minutes in a bubble cost nothing; over a real line the driver under test has short waits.
	patience = 10 * time.Minute

	// pause is between two looks at a driver that is expected to come back.
	pause = 20 * time.Millisecond

	// noiseBytes is a burst: more than the queues between a reader and its driver hold.
	noiseBytes = 4096
)
