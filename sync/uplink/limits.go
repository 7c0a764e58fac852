package uplink

import (
	"time"

	"markaz.example/sync/wire"
)

const (
	// A dial that failed is tried again after dialFloor, doubled with each failure up to dialCeiling, times a factor drawn
	// from [0.5, 1.5). At the ceiling 200 centres dial 1.7 times a second in all, so the end of a national outage is quiet.
	dialFloor   = time.Second
	dialCeiling = 2 * time.Minute

	// settleEvery, with the same jitter, is for what only people can settle: a fork, a fatal refusal.
	settleEvery = 10 * time.Minute

	// answerMax bounds the wait for an answer to Hello, Probe or evidence.
	answerMax = time.Minute

	// ackMax bounds how long "sending" may last without an acknowledgement. The smallest batch takes 14 s at 9.6 kbit/s
	// if it cannot be compressed; a window of them, eight times that.
	ackMax = 2 * time.Minute

	// beatEvery is for a link with nothing to send; headquarters calls a link silent after four.
	beatEvery = 30 * time.Second

	// A batch begins at batchBytesFirst and doubles while acknowledgements come within quickAck, halves when
	// they take longer than slowAck or the link falls. Compression gains little past batchBytesMax.
	batchBytesMin   = 16 << 10
	batchBytesFirst = 64 << 10
	batchBytesMax   = wire.RawBytesMax
	quickAck        = 2 * time.Second
	slowAck         = 20 * time.Second

	// lonely is how many records do not open a batch of their own while another is under way: they wait for its
	// acknowledgement, a round trip at most, and save headquarters a commit each.
	lonely = 64

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
	takeAgain = 30 * time.Second

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
