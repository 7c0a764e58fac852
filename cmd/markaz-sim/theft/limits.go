package theft

import "time"

const (
	// imageBytes is the disk of the day: a ledger's first extent, headquarters' archive, the logs, and room that files leave.
	imageBytes = 192 << 20

	// impressionsMax is how often a finger may have been pressed: a simulator counts its presses over all fingers.
	impressionsMax = 24

	// printBytes is how much of a picture or template is looked for; a fragment of a page would have as much.
	printBytes = 48

	// Speed is how many times quicker than real ones the devices are: a slip takes 20 ms.
	Speed = 200

	waitMax   = time.Minute
	lookEvery = 20 * time.Millisecond
)
