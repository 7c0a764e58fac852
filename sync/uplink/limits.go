package uplink

import (
	"time"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

const (
	// The first dial after a start or a lost link comes at any time within dialFloor; one that failed is tried again after
	// dialFloor, doubled with each failure up to dialCeiling, times a factor drawn from [0.5, 1.5). So a thousand boxes that
	// lose headquarters at one instant, or start with the power of their province, dial 100 times a second on the whole and
	// 160 at the worst, and the end of a long outage is quiet: 8 a second. TestAThousandBoxesReturn has the figures. Whoever
	// loses a link alone pays for it with 5 s.
	dialFloor   = 10 * time.Second
	dialCeiling = 2 * time.Minute

	// settleEvery, with the same jitter, is for what only people can settle: a fork, a fatal refusal.
	settleEvery = 10 * time.Minute

	// answerMax bounds the wait for an answer to Hello, Probe or evidence.
	answerMax = time.Minute

	// ackMax bounds how long headquarters may take over a batch that has arrived: a commit of 30 s, a second batch before
	// it, a trip of tripMax. What is still under way adds its time at lineFloor, in bytes per second: half of 9.6 kbit/s. So a
	// mebibyte that cannot be compressed, on a line that fell from 100 Mbit/s to 9.6 kbit/s, has half an hour. Whether
	// the other end lives at all is the link's business, within a minute.
	ackMax    = 90 * time.Second
	lineFloor = 600

	// beatEvery is for a link that has nothing to send or is busy sending; headquarters calls a link silent after four.
	// What a beat tells may change sooner; then it is said after beatSoon, so that a door that flaps does not fill the line.
	beatEvery = 30 * time.Second
	beatSoon  = 5 * time.Second

	// lookEvery is how often the board is looked at, on a link. conditionsMax is wire's bound.
	lookEvery     = 2 * time.Second
	conditionsMax = 32

	// A batch begins at batchBytesFirst, 2 s at 9.6 kbit/s when compressed, and is then what the line takes batchTakes for:
	// a cut loses no more than two of them and what is on the line, and a beat waits for no more. Shorter ones compress
	// worse: 200 bytes around each are 4 % of what 9.6 kbit/s takes in batchTakes. Compression gains little past batchBytesMax.
	batchBytesMin   = 4 << 10
	batchBytesFirst = 16 << 10
	batchBytesMax   = wire.RawBytesMax
	batchTakes      = 4 * time.Second

	// firstFlight is what may be under way before anything is known of a line: two first batches, compressed.
	firstFlight = 4 << 10

	// A line's rate is the best of ratesKept batches: half a window may be held up by lost packets.
	ratesKept = 8

	// clockGrain is the shortest time that a batch can be seen to take.
	clockGrain = time.Microsecond

	// otherLine is how many times longer than expected a batch takes on what must be another line by now. Two packets lost
	// one after the other make it three times.
	otherLine = 5

	// tripGain is how much more than the line holds is put on it: a packet that is lost stops what comes after it for two
	// trips, and meanwhile the line carries on with what is there.
	tripGain = 2

	// commitTakes is what headquarters may take to commit, which a greeting's trip does not show: a quorum over three disks
	// takes some 20 ms, a busy one ten times that. Only fast lines notice.
	commitTakes = 250 * time.Millisecond

	// tripMax bounds a trip that is believed: twice 2 s, and a retransmission.
	tripMax = 6 * time.Second

	// quietEvery is how often one batch goes alone, when none has by itself: a trip that is lost in two minutes is 3 % at
	// the worst line.
	quietEvery = 2 * time.Minute

	// flightBytesMax bounds what is under way whatever the line: 100 Mbit/s for 160 ms. With it the road's memory in the box
	// is bounded, however much waits: what is under way and one batch more, that batch's records as the ledger gives them
	// and one after the other, and its frame twice while it is encoded: memoryBytesMax, 8 MiB, and that only when nothing
	// can be compressed.
	flightBytesMax = 2 << 20
	memoryBytesMax = flightBytesMax + wire.FrameBytesMax + 2*(batchBytesMax+chain.RecordBytesMax) + 2*wire.FrameBytesMax

	// Stored bytes are some eight times the sent ones; a batch tells when it is large enough to tell.
	ratioFirst    = 4
	ratioMax      = 32
	ratioBytesMin = 4 << 10

	// versionOfBlocks is the first version of the protocol in which a batch may be a sealed block.
	versionOfBlocks = 2

	// rowsSqueeze is how many times smaller rows become on the line, at least: a sealed block may take as much of it as a
	// batch of rows of the limit would.
	rowsSqueeze = 4

	// lonely is how many records do not open a batch of their own while another is under way. They wait for its
	// acknowledgement, and save headquarters a commit each; on a long line no longer than lonelyMax.
	lonely    = 64
	lonelyMax = 500 * time.Millisecond

	// probesMax bisects any 64-bit chain.
	probesMax = 64

	// inboxEvents lets a link deliver a window of acknowledgements while a batch is being packed.
	inboxEvents = 16

	// idleLook is how often the ledger is looked at when it says that it changed and has not: it has stopped.
	idleLook = time.Second

	// downVersion is the version of the road since which something comes down.
	downVersion = 2

	// lettersMax bounds the letters that wait to be taken: twice what headquarters sends without an answer.
	lettersMax = 8

	// takeAgain is the pause after a letter could not be taken: the disk is full, or its signature is not known yet.
	// It doubles up to takeAgainMax: what only people can mend must not fill a slow line with letters.
	takeAgain     = 30 * time.Second
	takeAgainMax  = 10 * time.Minute
	takeDoublings = 5 // 16 minutes, past the ceiling

	// A piece of a pack begins at pieceBytesFirst, 8 s at 9.6 kbit/s; it doubles while pieces come within pieceQuick,
	// halves when they take longer than pieceSlow or the line falls. Between 1 and 10 s a person's press, whose
	// acknowledgement waits behind a piece, is not held up long.
	pieceBytesMin   = 1 << 10
	pieceBytesFirst = 8 << 10
	pieceQuick      = time.Second
	pieceSlow       = 10 * time.Second

	// pieceMax is the wait for a piece; the smallest takes a second on the slowest line, behind a window of others.
	pieceMax = 2 * time.Minute

	// absentPause is for a pack that headquarters does not have: published anew, or a node that is behind.
	absentPause = time.Minute

	// keepPause is for a disk that did not take a piece.
	keepPause = 30 * time.Second

	// idleWake is how long a postman sleeps when nothing is due.
	idleWake = time.Hour
)
