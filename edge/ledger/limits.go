package ledger

import (
	"time"

	"markaz.example/edge/disk"
)

const (
	// groupMax bounds the decisions that share one commit: 1,024 of 400 bytes are 400 KiB, some 2 ms of sequential
	// write on a slow SSD, so no caller waits long for his neighbours.
	groupMax = 1024

	// queueMax bounds decisions waiting for the writer. Twelve desks, four kiosks and the uplink rarely make 30.
	queueMax = 4096

	// appendsMax bounds the records of one decision. Settling a day's leftovers writes one for each of 2,000 visits.
	appendsMax = 4096

	// tailCheck is how many of the newest records are verified at every start: 50 ms, and an hour of a busy centre.
	tailCheck = 10_000

	// rebuildGroup bounds the records replayed in one transaction, so that a rebuild needs little memory.
	rebuildGroup = 20_000

	// mmapInitial is address space, not memory: growing the map later would block readers. 1 GiB is a year of records.
	mmapInitial = 1 << 30

	// sealRecords is how many records make a sealed block: a third of a centre's day, some 15 KiB, which any line takes at
	// once. Twice as many would take 4 % fewer bytes each, and hold up a caller who comes while they are filed for 8 ms
	// instead of 4.
	sealRecords = 2048

	// sealKeep is how many of the newest records stay rows: an hour of a busy centre, which desks look back at and the
	// road sends in batches of its own.
	sealKeep = 4096

	// unmapEvery is how many reads pass until their pages are let go of: up to 400 KiB each, as the kernel maps around what
	// is touched, so 6 MiB.
	unmapEvery = 16

	// yieldAfter is how long one commit lasts until a copy is thought to be in its way: a bad SD card syncs in a second.
	yieldAfter = 3 * time.Second

	// BeatEvery is how often the writer shows that it goes round: twelve times in the minute after which systemd takes it
	// for stuck. A wake-up and a datagram each.
	BeatEvery = 5 * time.Second

	// logFill packs log pages full: keys only rise, so a page is never split in the middle.
	logFill = 0.99
)

const (
	// sealAfter is how long nothing was decided before the box idles: two people rarely pause so long at once.
	sealAfter = 2 * time.Second

	// sealPause is between two blocks while the box idles on: a million old rows are sealed in a minute, and a small
	// processor is not kept hot.
	sealPause = 20 * time.Millisecond

	// sealRetry is after a block that had no room.
	sealRetry = time.Minute
)

const (
	// tendEvery is how often the head's witness is written while records come, so how much of them it may lag by; and how often
	// the volume is looked at. One small sync a second is a hundredth of an SD card's time.
	tendEvery = time.Second

	// syncsMeasured is how many syncs are measured after a start, before they are left to come with records.
	syncsMeasured = disk.JudgedFrom

	// stretchRecords is a step of the background verification: a block's worth, some 10 ms.
	stretchRecords = sealRecords

	// quietFor and quietMax bound its wait for a moment in which nothing is decided: a year of records, 2,700 steps, is
	// walked in a busy day at the longest.
	quietFor = 200 * time.Millisecond
	quietMax = 5 * time.Second
)
