package blackout

import "time"

const (
	// upLimit bounds a start, from switching on to a box that serves. It takes 30 s on two quiet cores; ten times that.
	upLimit = 5 * time.Minute

	// look is the pause between two looks at something that is waited for.
	look = 200 * time.Millisecond

	// fetchLimit bounds one look; an emulated box answers within a second.
	fetchLimit = 10 * time.Second

	// settleLimit bounds what a box has to do after a start: pages built, the printer found. Emulated, on a busy machine.
	settleLimit = 2 * time.Minute

	// shortest and longest are how long people are served before the plug is pulled. An emulated box answers a press in
	// 50 ms to 1 s, so that some 30 to 300 are answered.
	shortest, longest = 3 * time.Second, 15 * time.Second

	// stickLimit bounds two updates: the second is given a quarter of an hour to come up, and the machine is slow.
	stickLimit = time.Hour

	// nthMost is how many writes and flushes may still pass before the plug is pulled in one: some three commits.
	nthMost = 12

	// between is what a kiosk waits for the next person, at most: papers come as fast as numbers, or nearly.
	between = 4 * time.Second

	// pause is what somebody at a desk takes between two presses, at most.
	pause = 400 * time.Millisecond

	// paperLimit bounds the printing of what waits for the printer after the last start, a paper in 1 to 3 s.
	paperLimit = 10 * time.Minute

	// kiosks press for numbers beside the two desks.
	kiosks = 2

	// tailLines is what is shown of the console when a machine did not come up.
	tailLines = 40

	// pageBytes bounds a page that is looked at.
	pageBytes = 1 << 20

	// runBytes bounds what is read of papers after one start: some hundred papers of 15 kB.
	runBytes = 64 << 20
)
