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

	// waitSeconds is when a page without its state tries again.
	waitSeconds = 3
)
