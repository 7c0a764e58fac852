package queue

const (
	minuteMs = 60_000

	// waitMsMax bounds every setting that is a time: nothing in a business day is longer than twelve hours.
	waitMsMax = 12 * 60 * minuteMs

	// percentMax bounds a class's weight. With times of this century in milliseconds, 1.8e12, products stay below 2^63.
	percentMax = 1000

	// shortPeopleMax bounds what may be called a short line: a hall's capacity.
	shortPeopleMax = 500
)
