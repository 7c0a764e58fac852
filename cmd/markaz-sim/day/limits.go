package day

import "time"

const (
	kiosks = 4 // pressed at the same time

	lookEvery  = 25 * time.Millisecond  // at a slip, or at an empty line
	pressEvery = 200 * time.Millisecond // between two presses of a visitor whose paper did not come
	retryEvery = 100 * time.Millisecond // while the box does not answer

	paperAway = time.Second      // how long the paper is out
	drainWait = 90 * time.Second // for headquarters to have everything, after the last visit
)
