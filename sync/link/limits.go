package link

import (
	"time"

	"markaz.example/sync/wire"
)

const (
	// queueFrames bounds messages that wait to be written: a window of acknowledgements or batches, and a few beats.
	// Send waits when it is full.
	queueFrames = 16

	// chunkBytes is written and read under one deadline, and is the largest WebSocket frame of a message: a ping waits for
	// no more than one. At 9.6 kbit/s it takes 3.4 s; a packet lost at 2 s each way stops the line for some 10 s, and a
	// chunk of three packets loses two of them once in 140 chunks at 5 %. Past writeMax the line is dead.
	chunkBytes = 4 << 10
	writeMax   = 60 * time.Second

	// freeBytes of a frame are read without asking for room: the longest record alone in a batch, and so anything that a slow
	// line carries. Beyond it a link takes room for the largest frame, so that no two wait for each other's rest.
	freeBytes = 68 << 10

	// RoomBytes is the room of a headquarters: 64 of the largest frames. It and linkBytesMax for each of 1,024 links, which is
	// 214 MiB, are all that links keep in memory, whatever boxes send and however slowly the group commits: 278 MiB. A
	// nation of 154 centres that only beat takes 20 MiB of it.
	RoomBytes = 64 << 20

	// linkBytesMax is what a link may have outside of the room: a frame being read, small answers in the queue, the
	// WebSocket's buffers of 4 KiB each way, TLS's of 17, five goroutines.
	linkBytesMax = freeBytes + queueFrames*wire.SmallBytesMax + 2*chunkBytes + 2*17<<10 + 5*8<<10

	// roomWait is how long a frame waits for room: one commit at its slowest, and less than writeMax of the one who sends it.
	// largeMax is how long it may take to come once it has some: twice what 130 KiB take at 9.6 kbit/s. Who needs longer
	// begins a new link, with small batches.
	roomWait = 45 * time.Second
	largeMax = 4 * time.Minute

	// pingEvery keeps middle boxes from forgetting the connection; theirs is a minute at the strictest.
	pingEvery = 20 * time.Second

	// silenceMax is two lost pings and the delay of a congested line: 2 s, twice a lost packet's 10 s. Each end pings, so a
	// full line one way does not silence the other.
	silenceMax = 60 * time.Second

	// controlMax is how long a ping or a pong may wait behind a message that is being written.
	controlMax = time.Second

	// handshakeMax covers TCP, TLS and HTTP at 9.6 kbit/s with 2 s each way: four round trips are 16 s, some 6 KiB of
	// certificates 5 s, three lost packets 30 s.
	handshakeMax = 60 * time.Second

	// HandshakesMax is for a Gate: so many handshakes at a time are some 60 KiB each, and 4 s on a line in the country, 23 s
	// on the slowest. A thousand boxes that all dial within 10 s then wait for 16 s at most.
	HandshakesMax = 256

	// lingerMax is how long a closing side waits for the other to read what was said last: 2 s each way, one packet lost.
	lingerMax = 12 * time.Second

	reasonBytesMax = 120 // a WebSocket control frame holds 125, two of them for the code
	answerBytesMax = 512 // of an HTTP refusal, kept for the log
)

// protocol is the WebSocket subprotocol that both ends must name.
const protocol = "markaz.road.1"
