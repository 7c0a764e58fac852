package visit

const (
	// AskedMax bounds the services that one visit is opened for. The longest journey known, Nashonuma, has six.
	AskedMax = 8

	// StopsMax bounds the stops of one visit: what it was opened for, and as many that were added or that it was handed to.
	StopsMax = 16

	// MarksMax bounds the codes that other parts give one visit: a class and a few flags for each of a mother's children.
	MarksMax = 16

	// An announcement is a line on a hall screen: 200 bytes are 100 letters of Urdu. It is of today, and no screen shows more
	// than a few.
	announcedBytesMax   = 200
	announcedSecondsMax = 24 * 60 * 60
	announcedMax        = 8
	roomBytesMax        = 32

	// callsKept is how many calls hall screens can show: six in each of ten rooms, for a room's own screen must not lose
	// its last calls to the others'.
	callsKept = 60

	// SettledMax bounds the leftovers that one decision settles, since a commit carries 4,096 records: this many visits,
	// as many print jobs, and a few more. A centre that leaves more than 2,000 behind settles the rest with its next visitors.
	SettledMax = 2000

	// TokensLost is how many numbers of a letter a lost box may have given on a day of which headquarters has heard nothing:
	// half of id.TokenNumberMax for each of the two. A busy centre gives 2,000 a day over four letters or more.
	TokensLost = 500

	// TokensGap is how many it may have given after the last that headquarters has heard of: an hour and a half of a letter
	// with 500 in eight hours. A letter that would pass its last number gives none until the next day.
	TokensGap = 100

	// paperMsMax is the longest wait that the paper book may bring along: it is typed in on the same business day.
	paperMsMax = 24 * 60 * 60 * 1000

	// wordBytesMax bounds outcomes and reasons, which are codes.
	wordBytesMax = 32
)
