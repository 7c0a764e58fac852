package peer

import "time"

const (
	// connsMax bounds the connections taken: a group of five sends from each of four others 64 requests at once and some
	// ten connections of raft, which is 300.
	connsMax = 512

	// inboxMax bounds the requests whose bodies are in memory: 64 of the largest, a batch of 1 MiB, are 64 MiB; of the
	// usual 50 KiB, 3 MiB. Those behind wait in their sockets.
	inboxMax = 64

	// answerBytesMax bounds an answer: the links of 1,000 boxes at 200 bytes, or a piece of a pack in base64.
	answerBytesMax = 1 << 20

	// handshakeMax bounds dialling and the handshake: nodes stand close to each other, but not always on one floor.
	handshakeMax = 5 * time.Second

	// headerMax and bodyMax bound the wait for a request: a batch of 1 MiB at 1 Mbit/s takes 8 s.
	headerMax = 5 * time.Second
	bodyMax   = 30 * time.Second

	// headerBytesMax bounds a request's header; ours are 200 bytes.
	headerBytesMax = 4 << 10

	// idleMax is how long an idle connection is kept.
	idleMax = 2 * time.Minute

	// stopMax is how long requests are waited for when the node stops.
	stopMax = 2 * time.Second

	// sweepEvery is how often connections are compared with who may be let in: one who was removed is cut off by then.
	sweepEvery = time.Second

	// shareEvery is how often a node asks the others what links they hold: the fleet page is a second old at most.
	shareEvery = time.Second

	// shareMax bounds one such question.
	shareMax = 3 * time.Second
)
