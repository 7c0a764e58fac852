package link

import "time"

const (
	// queueFrames bounds messages that wait to be written: a window of acknowledgements or batches, and a few beats.
	// Send waits when it is full.
	queueFrames = 16

	// chunkBytes is written and read under one deadline, and is the largest WebSocket frame of a message. At 9.6 kbit/s
	// it takes 14 seconds, half of writeMax.
	chunkBytes = 16 << 10
	writeMax   = 30 * time.Second

	// pingEvery keeps middle boxes from forgetting the connection; theirs is a minute at the strictest.
	pingEvery = 20 * time.Second

	// silenceMax is two lost pings and the delay of a congested line.
	silenceMax = 60 * time.Second

	// controlMax is how long a ping or a pong may wait behind a message that is being written.
	controlMax = time.Second

	// handshakeMax covers TCP, TLS and HTTP at 9.6 kbit/s: six round trips of two seconds and some 8 KiB of certificates.
	handshakeMax = 30 * time.Second

	// lingerMax is how long a closing side waits for the other to read what was said last.
	lingerMax = 3 * time.Second

	reasonBytesMax = 120 // a WebSocket control frame holds 125, two of them for the code
	answerBytesMax = 512 // of an HTTP refusal, kept for the log
)

// protocol is the WebSocket subprotocol that both ends must name.
const protocol = "markaz.road.1"
