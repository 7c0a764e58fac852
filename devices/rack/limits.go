package rack

import "time"

const (
	// delayMin is the first wait before a driver is started again: longer than the 0.5 s a USB serial adapter needs to
	// come back after a replug would lose slips for nothing, shorter would ask a port that cannot be there yet.
	delayMin = 250 * time.Millisecond

	// delayMax caps the growth: whoever plugs a printer in again stands beside it and waits this long at the most.
	delayMax = 5 * time.Second

	// wokenMin is waited even when something was plugged in: the kernel tells of a line before udev has given it its
	// name and its group, which takes 20 to 50 ms, and a hub that flickers must not turn drivers into a busy loop.
	wokenMin = 100 * time.Millisecond

	// steady is how long a driver must have run for its next failure to count as the first: three status rounds.
	steady = 10 * time.Second

	// jitterPart is the share of a delay that is random, one in so many, so that devices on one failing hub do not
	// come back in step.
	jitterPart = 4

	// heardWithin is what a printer is given, from the start of its driver, for its first answer or for the driver's
	// judgement of the line: 1 s for the answer to a clear, 1 s for a status, and a hang-up is known in 0.1 s; doubled
	// for a busy box.
	heardWithin = 4 * time.Second

	// paypointHeardWithin is what payment terminals are given, from the start, for their first word: three times the two
	// minutes in which banks are asked for one.
	paypointHeardWithin = 6 * time.Minute
)
