package station

import "time"

const (
	// fingerWait is how long a person has for one finger: time to wipe it, to be shown where, and to press twice.
	fingerWait = 20 * time.Second

	// freshFor is how old a weight may be to count as what the scale shows: three polls of the slowest scale that repeats
	// itself, one line a second.
	freshFor = 3 * time.Second

	// typedKept is how many typed values a record keeps: the last two that agreed, and one that did not.
	typedKept = 3

	// recordWait bounds the record of a finger that was tried, which outlives the page that asked for it.
	recordWait = 10 * time.Second
)
