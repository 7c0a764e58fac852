package visit

const (
	// StopsMax bounds the services of one visit. The longest journey known, Nashonuma, has six.
	StopsMax = 8

	// callsKept is how many calls the hall screen shows: people miss a call when another follows at once.
	callsKept = 6

	// SettledMax bounds the leftovers that one decision settles, since a commit carries 4,096 records: this many visits,
	// as many print jobs, and a few more. A centre that leaves more than 2,000 behind settles the rest with its next visitors.
	SettledMax = 2000

	// wordBytesMax bounds outcomes and reasons, which are codes.
	wordBytesMax = 32
)
