package box

import "time"

const (
	// printWait bounds one slip: it is composed in milliseconds, sent in at most 40 s at 9600 baud, and confirmed
	// within 10 s.
	printWait = 60 * time.Second

	// tellWait bounds the record that headquarters told us the time.
	tellWait = 10 * time.Second
)
