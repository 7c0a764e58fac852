package booking

const (
	// waitSeconds is when a page without its state tries again.
	waitSeconds = 3

	// personsMax is the largest family of one appointment; the floor allows as many.
	personsMax = 20

	// quarter is how many weeks lie between the visits of a series: the programme's quarter.
	quarter = 13

	// timesMax is how many further visits a page offers: two years.
	timesMax = 8

	// lookAhead is how many days a desk's page looks for one with a place, from the day that was asked for.
	lookAhead = 7
)
