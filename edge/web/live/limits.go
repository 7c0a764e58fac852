package live

import "time"

const (
	// beatEvery is the longest silence of a healthy socket: two may be late and the page still hears within five seconds.
	beatEvery = 2 * time.Second

	// settleScreen is the least time between two renders of a screen: 12 a second, so that a press that just missed one
	// is still on every screen within 100 ms. At 25 a second the twelve consoles of a hall with 20 presses a second took
	// half a core by themselves.
	settleScreen = 80 * time.Millisecond

	// settlePhone spreads the phones of a full hall: 300 of them rendered within two seconds are 150 a second, a
	// twentieth of a core at 0.3 ms each.
	settlePhone = 2 * time.Second

	// screenAgain is how often a screen is rendered though the ledger stood still, for what is not in it: a printer's
	// cover, the link to headquarters. Nothing on a phone is of that kind.
	screenAgain = time.Second
	phoneAgain  = time.Minute

	// renderMax bounds one render: a view waits at most for one commit, which on a failing disk may take long.
	renderMax = 4 * time.Second

	// queueMax is how many messages a socket may lag behind: most of a second of the fastest screen.
	queueMax = 10

	// writeMax is how long one write may take before the reader counts as gone: a screen that slept this long starts
	// afresh anyway.
	writeMax = 5 * time.Second

	// readMaxBytes bounds what a browser may send: nothing but closing frames, which hold at most 125 bytes.
	readMaxBytes = 128

	// pingEvery keeps the way back open, and pongMax is how long a browser may stay silent: two pings lost.
	pingEvery = 10 * time.Second
	pongMax   = 3 * pingEvery

	// topicsMax bounds what is watched at once: 999 numbers of three letters on phones, and every screen.
	topicsMax = 3100

	// socketsMax bounds sockets in all, at some 40 KiB each: 160 MiB, on a box of 2 GiB.
	socketsMax = 4000

	// bufferBytes is of one socket, each way. Messages of a busy hall are 6 KiB.
	bufferBytes = 4096
)
