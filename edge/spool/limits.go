package spool

import "time"

const (
	// triesMax bounds how often a job is given to a printer before it is held. A printer that refused it three times
	// has a trouble that waiting does not end.
	triesMax = 3

	// rest is how long a printer is left alone after it refused a job that is tried again: a restart takes some 2 s.
	rest = time.Second

	// passingMax is how long a job waits for a passing trouble to end. A visitor stands at the kiosk meanwhile.
	passingMax = 5 * time.Second

	// warmUp is how long after the start a printer that is offline counts as starting: its driver opens the line and
	// asks for the state, some 2 s. Without it every job that waited through a restart would be held.
	warmUp = 5 * time.Second

	// fullRetry is how long to wait before recording again on a full disk.
	fullRetry = time.Second
)
