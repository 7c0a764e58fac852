package recall

import "time"

const (
	// pauseMin and pauseMax bound the pause between two dials. One box at a time is made anew, so there is no crowd to
	// wait for.
	pauseMin = time.Second
	pauseMax = time.Minute
)
