package page

import "time"

const (
	// settle is the least time between two renders of a screen: three a second, however many boxes talk.
	settle = 350 * time.Millisecond

	// again is how often a screen is rendered though nobody was heard: the archive moves, and hours pass.
	again = time.Second

	// beatEvery is the longest silence of a healthy socket: one may be late and the page still hears within five seconds.
	beatEvery = 2 * time.Second

	// pingEvery keeps the way back open, and pongMax is how long a browser may stay silent: two pings lost.
	pingEvery = 10 * time.Second
	pongMax   = 3 * pingEvery

	// writeMax is how long one write may take before the reader counts as gone.
	writeMax = 5 * time.Second

	// readMaxBytes bounds what a browser may send: nothing but closing frames, which hold at most 125 bytes.
	readMaxBytes = 128

	// socketsMax bounds sockets in all, at 20 KiB each with a message of 300 KiB under way: 80 MiB. From one address come
	// the people of one office, or all that a proxy lets through.
	socketsMax = 256
	addressMax = 64

	// bufferBytes is of one socket, each way. What changes in a second is 2 KiB.
	bufferBytes = 4096

	// nodeLagShown is how many entries of the log a node may lack before it is called behind: those of a second or two,
	// since nodes tell of themselves every few seconds.
	nodeLagShown = 200

	// queryRunes bounds what is searched for, choicesMax how many states, or marks, one filter names.
	queryRunes = 80
	choicesMax = 8
)
