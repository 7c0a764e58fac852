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

const (
	// points is how finely a distribution is kept: steps of 3 %.
	points = 32

	// Of today the last 30 count, the newest most: a sample weighs 0.93 of the one after it, half after ten.
	todayEnough, todayMost, fade = 10, 30, 93
	pastEnough                   = 20

	// What the mean of such samples is off by, in permille. A call's length varies by 60 % of its mean; 30 fading samples count
	// as 22, and 600/sqrt(22) is 130. Four weeks know the service well but not this day. A target is a wish.
	todaySpread, pastSpread, targetSpread = 130, 150, 300

	// pauseMs is how long a desk stays away where nothing is known: tea or a prayer.
	pauseMs = 15 * minuteMs

	// crowdSpread is what the next hours' arrivals are off by, in permille, when they are guessed from the last one's.
	crowdSpread = 250

	// bandDaily calls of each of 28 days make a band: 112 samples, half a kilobyte for each service and hour.
	bandDaily, bandMost = 4, 4 * 28

	// awayMost pauses are those of some three days.
	awayMost = 100

	// Who came in the last hour tells who comes in the next; of a rush the last 60 do.
	cameForMs, cameLeastMs, cameMost = 60 * minuteMs, 5 * minuteMs, 60

	// paceMsMax halves what is remembered once it is a fortnight of six desks at work; paceMsMin is half a day of one.
	paceMsMax, paceMsMin = 500 * 60 * minuteMs, 4 * 60 * minuteMs

	// dragGuess is assumed before: a tenth of an hour between calls for tea, prayer and walking. dragMax bounds a mistake.
	dragGuess, dragMax = 10, 200

	// gapMsMax: a desk that calls nobody for so long was closed, not slow.
	gapMsMax = 2 * 60 * minuteMs

	// runs is how often a line is played. The 7th and 93rd percentile of 128 runs stand on nine runs each.
	runs = 128

	// linesMax bounds what is played; whoever stands behind so many is told only how many.
	linesMax = 400

	// seatsMax bounds the desks of a play.
	seatsMax = 64

	// lowPercent and highPercent make the range that is shown: see Estimate.
	lowPercent, highPercent = 7, 93
)
