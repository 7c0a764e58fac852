package scribe

import "time"

const (
	// upLimit bounds a start, from switching on to a ledger that is open. It takes 4 s on two quiet cores; thirty times that.
	upLimit = 2 * time.Minute

	// longest is how long a writer may work before the plug is pulled. Emulated, it answers some 50 presses in that time.
	longest = 1500 * time.Millisecond

	// nthMost is how many writes and flushes may still pass before the plug is pulled in one: some three commits.
	nthMost = 12

	// nthEarly is the same of a plug that is pulled while the drive is mounted and the ledger opened: some forty requests.
	nthEarly = 60

	// answers end the last start, in order.
	answers = 20

	// look is the pause between two looks at what was said.
	look = 10 * time.Millisecond

	// driveBytes hold a ledger of thousands of presses, its ballast and a journal.
	driveBytes = 64 << 20

	// tailBytes are what is shown of the console when a machine did not come up.
	tailBytes = 2000
)
