package doctor

import "time"

const (
	// checkMax bounds one check: dialling headquarters, or reading a year's ledger.
	checkMax = 20 * time.Second

	// dialMax bounds one dial.
	dialMax = 5 * time.Second

	// spaceNeeded is what a box needs free: a year of a busy centre is 1 GiB with views, and a vault written anew, a pack and an
	// update beside it.
	spaceNeeded = 2 << 30

	// spaceLast is where writing will end within days: the ledger grows by 16 MiB at a time.
	spaceLast = 256 << 20

	// probes are how many syncs are timed: the median of 32 is not moved by a neighbour's.
	probes = 32

	// honestMin is the fastest that a disk which keeps what it was given syncs: an SSD takes 100 us and more. Source: ADR 31.
	honestMin = 50 * time.Microsecond

	// outage is how long a centre may be without a line, for which its certificate has to last.
	outage = 90 * 24 * time.Hour

	// clockOff is how far the clock may differ from another before it is said.
	clockOff = 2 * time.Minute

	// backlogMax is how many records headquarters may lack before it is said: a day of a busy centre.
	backlogMax = 6000

	// wordsMax is what of a unit's or a file's text is shown at the most.
	wordsMax = 200
)
