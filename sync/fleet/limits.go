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

	// newsShown is how long what a box said of its devices counts after it went: somebody has looked by the next day.
	newsShown = 24 * time.Hour

	// unsentMax is how long a record may wait before a person should know: a link that came back drains a day's 3,000
	// records in minutes, and an hour is an outage that somebody at the centre has noticed.
	unsentMax = time.Hour

	// skewMax is how far a linked box's clock may be from headquarters' before it is called wrong. What it says may lie
	// in a slow line for half a minute.
	skewMax = 2 * time.Minute

	// ageMax bounds differences of times that a box made up: longer than any box is in service, and no overflow.
	ageMax = 50 * 365 * 24 * time.Hour

	// mergedMax is how long another node's word for a link counts: it tells every few seconds, three times may be lost.
	mergedMax = 20 * time.Second

	// nodesMax bounds the other nodes whose words are kept: a group has five at most, and some names of the past.
	nodesMax = 8

	// trailEvery and trailMax are the last hour of a centre: 61 points of 40 bytes, 2.4 MB for a thousand centres.
	trailEvery = time.Minute
	trailMax   = 61

	// newestMax is how many newest records a centre's page names.
	newestMax = 20

	// conditionsMax and packsMax are what a beat may carry.
	conditionsMax = 32
	packsMax      = 16

	// refusalsMax is how many refusals of a centre are kept: enough to see whether it is always the same.
	refusalsMax = 8

	// detailRunes bounds the reason of a refusal on the page, wordRunes a name or code; the log has all of it.
	detailRunes = 200
	wordRunes   = 64

	// faultRunes bounds what is wrong with roster.toml: the path, and three lines of the file with the place underlined.
	faultRunes = 600
)
