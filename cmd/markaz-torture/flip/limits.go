package flip

import "time"

const (
	// presses make the ledger: some 400 records in 60 pages, with blocks and views, of which a copy takes a millisecond.
	presses = 200

	// pressesAfter are what a flipped ledger has to take: enough that free pages are used and pages are split.
	pressesAfter = 12

	// patience is how long the examiner may take for one flip; it takes 20 ms.
	patience = time.Minute
)
