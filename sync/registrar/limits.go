package registrar

import "time"

const (
	// tryWindow is how long tries are counted together.
	tryWindow = time.Minute
	// triesAddress bounds the requests of one address: an enrolment takes one, a renewal two, and a proxy may stand before
	// a few boxes that a technician sets up together.
	triesAddress = 20
	// triesCentre bounds those for one centre, from wherever: in the life of a code that is 10^5 of 10^24 secrets.
	triesCentre = 30
	// turnstileMax bounds what is counted at once; the rest shares one count.
	turnstileMax = 4096

	// bodyMax bounds the wait for a request's body: 8 KiB at 9.6 kbit/s take seven seconds.
	bodyMax = 30 * time.Second

	// challengeLife is how long a box may take to answer: its ledger may lie on a slow disk behind a slow line.
	challengeLife = 5 * time.Minute
	// challengeDepth is how far back the record that is asked for may be: a box forgets old ones, and keeps more than that.
	challengeDepth = 1000

	// proposeMax bounds the wait for a quorum.
	proposeMax = 30 * time.Second

	detailMax = 1000 // of a refusal; a message of enrol takes 1,024
	byMax     = 64   // of a name; the office takes no more

	tokenTimeBytes = 8
	tokenBytes     = tokenTimeBytes + 8 + 32 // time, sequence, HMAC-SHA-256
)
