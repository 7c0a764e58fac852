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

	// versionOfBlocks is the first version of the protocol in which a batch may be a sealed block.
	versionOfBlocks = 2

	// rowsSqueeze is how many times smaller rows become on the line, at least: a sealed block may take as much of it as a
	// batch of rows of the limit would.
	rowsSqueeze = 4

	// lonely is how many records do not open a batch of their own while another is under way: they wait for its
	// acknowledgement, a round trip at most, and save headquarters a commit each.
	lonely = 64

	// shelvesSince is the version of the protocol that keeps branches whole.
	shelvesSince = 2

	// evidenceRecords is how far past the last common record evidence reaches: some 3 KiB on the wire, and enough to tell
	// two boxes apart that were restored from one backup.
	evidenceRecords = 64

	// branchBytes is a batch of a branch, decompressed. They go one at a time, so on a line of 2 s delay a day of 6 MB
	// takes some minutes.
	branchBytes = 64 << 10

	// strandsMax bounds the branches that a box compares itself with on one link.
	strandsMax = 8

	// probesMax bisects any 64-bit chain.
	probesMax = 64

	// inboxEvents lets a link deliver a window of acknowledgements while a batch is being packed.
	inboxEvents = 16

	// idleLook is how often the ledger is looked at when it says that it changed and has not: it has stopped.
	idleLook = time.Second
)
