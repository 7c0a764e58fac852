package booking

const (
	// planBytesMax bounds a plan's code: "slot-", the code, a day and a time are the name of a pool of headquarters, which
	// has 32 letters.
	planBytesMax = 12

	// PlacesMax bounds the places of one slot: more than forty desks serve in an hour.
	PlacesMax = 200

	// slotsMax bounds the slots of a day in one plan: one every five minutes of a day of twelve hours.
	slotsMax = 144

	// EveryMin is the shortest slot, in minutes: appointments closer together are a queue.
	EveryMin = 5

	// DaysAhead is how far ahead somebody can book: four visits of a quarter each, and some weeks.
	DaysAhead = 400

	// WeeksMax and TimesMax bound a series: a visit a year at the least, and one a week for half a year at the most.
	WeeksMax = 52
	TimesMax = 26

	// personsMax bounds who comes together, as a visit does.
	personsMax = 20

	// DueMax bounds the bookings that one decision releases; the next releases more.
	DueMax = 64

	// wordBytesMax bounds codes, as in the other books.
	wordBytesMax = 32

	minutesOfDay = 24 * 60
)
