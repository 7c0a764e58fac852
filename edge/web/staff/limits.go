package staff

import "time"

const (
	// wordBytes is a console's random word: 256 bits.
	wordBytes = 32

	// cookieSeconds is a shift and its extra hours, as desk's own limit is; a screen that lost its power signs in again by
	// itself within them.
	cookieSeconds = 14 * 60 * 60

	// pendingMax bounds the acts that wait for a second person: one a console of a large centre.
	pendingMax = 64

	// pendingTime is how long a colleague takes to walk over.
	pendingTime = 3 * time.Minute

	// listMax bounds the codes that one field of a form may hold, as the book does.
	listMax = 16
)
