package web

import "time"

const (
	// bodyBytesMax bounds a form: thirty-two services of 24 letters with their names are 1.2 KiB.
	bodyBytesMax = 16 << 10

	// headerBytesMax bounds a request's header. Browsers send 1 to 2 KiB; we set no cookies.
	headerBytesMax = 16 << 10

	// addressMax is how many connections one address may hold: a browser opens six and its sockets, and a machine with a
	// screen on each of four outputs needs 32.
	addressMax = 48

	// connectionsMax bounds all connections: every phone of a hall of 300, twice, and the screens. At 10 KiB idle each
	// it is the sockets' own limit that holds memory.
	connectionsMax = 4096

	headerTime  = 5 * time.Second  // a header trickles in over a bad Wi-Fi
	requestTime = 10 * time.Second // header and body
	answerTime  = 20 * time.Second // a font of 600 KB at 40 KB/s
	idleTime    = 60 * time.Second
	farewell    = 2 * time.Second // for answers under way when the box stops

	// startingSeconds is when a page asks again while the ledger is being opened; brokenSeconds when it has failed,
	// after which the box starts anew by itself.
	startingSeconds = 2
	brokenSeconds   = 5
)
