package door

import "time"

const (
	// bodyBytesMax bounds a verb's request and its answer; a list of 5,000 centres is 1 MB.
	bodyBytesMax = 4 << 20

	// headerMax bounds the wait for a request's header from a program of this machine.
	headerMax = 10 * time.Second

	// stopMax is how long a door waits for its requests when it stops.
	stopMax = 5 * time.Second
)
