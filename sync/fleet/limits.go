package fleet

import "time"

const (
	// lagShown is the number of records behind which a linked centre counts as behind: more than a window of live
	// records that are just on their way.
	lagShown = 500

	// silentAfter is when a centre without a link counts as away for long: 90 days is the outage that certificates
	// and boxes are made for, a week is when a person should ask.
	silentAfter = 7 * 24 * time.Hour

	// refusalShown is how long a refusal stays on the page of a centre that has been linked again: a day's shift.
	refusalShown = 24 * time.Hour

	// detailRunes bounds the reason of a refusal on the page; the log has all of it.
	detailRunes = 200
)
