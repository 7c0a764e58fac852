package chaos

import "time"

const (
	lookEvery  = 5 * time.Millisecond   // at a paper that is being printed
	retryEvery = 50 * time.Millisecond  // while the box does not answer
	pressEvery = 100 * time.Millisecond // between two presses for a paper that did not come

	// brief is how long a fault lasts at the most: what a person does to a printer takes seconds; the devices run
	// faster here, and the box's own waits do not: half of these are shorter than its look at a printer that prints.
	brief = 900 * time.Millisecond

	// boots is how long a printer that lost its power is away at least: it has to start up before it takes or answers
	// anything. It is not quickened, for the box's questions to it are not either.
	boots = 2 * time.Second

	// jobWait is how long one job may take to its paper, restarts of the box and recoveries of the printer included: the
	// longest pause in there is 10 s between two attempts to clear a printer that does not answer.
	jobWait = 90 * time.Second

	// spanDefault is the number of bytes that a fault is aimed at before the first slip was measured: two thirds of a slip.
	spanDefault = 40_000

	// Speed is how many times quicker than a real one the printer is. It still takes its time, 0.1 s for a slip: a
	// printer that prints at once never has half a slip in its buffer when its power goes.
	Speed = 50

	// Baud is the fastest line that the terminal layer names, close to the 5.8 Mbit/s that Speed makes of 115200.
	Baud = 4_000_000

	// rollMM is a full roll, for the end of each paper fault.
	rollMM = 80_000
)
