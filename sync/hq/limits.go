package hq

import "time"

const (
	// headerMax bounds the wait for a request's header, and with it a TLS handshake. GPRS takes 5 s for one; sync/link has
	// the sum for a line of 9.6 kbit/s with 2 s each way.
	headerMax = 60 * time.Second

	// headerBytesMax bounds a request's header; a browser's is 1 KiB, a box's half of that.
	headerBytesMax = 16 << 10

	// answerMax bounds the page's answers. They are 200 KiB for 500 centres.
	answerMax = 30 * time.Second

	// idleMax is how long a browser's connection is kept between two updates of the page, and one at the boxes' door that
	// did not become a link.
	idleMax = time.Minute

	// nodesEvery is how often the other nodes are asked how they are: one that went is on the page within seconds.
	nodesEvery = 2 * time.Second

	// stopMax is how long a server waits for its requests when it stops.
	stopMax = 5 * time.Second
)
