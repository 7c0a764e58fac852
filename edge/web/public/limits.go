package public

import "time"

const (
	// kiosksMax is the highest number of a kiosk: a hall has four at most.
	kiosksMax = 99

	// chosenMax bounds the services of one form before the floor looks at it, which knows its own limit.
	chosenMax = 32

	// pressesMax is how many presses of kiosks are remembered, and pressKept for how long: a finger that hits twice does
	// so within a second, a browser that repeats a form within a minute. Four kiosks make at most 60 a minute.
	pressesMax = 256
	pressKept  = time.Minute

	// homePrinted is how long a printed slip stays on the kiosk before the next visitor's page, in seconds; homeHeld the
	// same for one that needs staff, who have to walk.
	homePrinted = 8
	homeHeld    = 60

	// homeWhere is how long a place in line stays on the kiosk, in seconds: six short lines are read aloud in twenty.
	homeWhere = 25

	// pollSeconds is how often a phone without our scripts loads its page anew: 300 such phones make 15 pages a second.
	pollSeconds = 20

	// personsMax is the largest family of one number; the floor allows as many.
	personsMax = 20

	// waitSeconds is when a page without its state tries again.
	waitSeconds = 3
)
