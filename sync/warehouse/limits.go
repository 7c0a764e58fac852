package warehouse

import "time"

const (
	// groupRecords bounds a transaction. At 100,000 rows a second it takes 0.2 s; the commit's sync is lost in that.
	groupRecords = 20_000

	// groupBytes bounds a transaction of large records: 256 records of 64 KiB. What is poison among them is held in
	// memory until the rows are through, so it bounds that too.
	groupBytes = 16 << 20

	// groupChains bounds the cursors that a transaction locks: three times the centres of today.
	groupChains = 512

	// nestingMax bounds a body's depth, as edge/chain does.
	nestingMax = 12

	// pollEvery is how often the archive is asked whether something is new, and a waiting node for its turn. Asking is a
	// look into a map for each chain; data users have nothing that a second is long for.
	pollEvery = time.Second

	// connectMax bounds one attempt to connect.
	connectMax = 10 * time.Second

	// askMax bounds a question that a server answers at once, so that one which vanished is noticed.
	askMax = 30 * time.Second

	// transactionMax bounds a transaction: 20,000 rows into a server that manages 100 a second take 200 s.
	transactionMax = 5 * time.Minute

	// backoffFloor and backoffCeiling bound the pause after trouble with PostgreSQL. It doubles from the one to the
	// other, and half of it is drawn, so that three nodes do not return in step.
	backoffFloor   = 500 * time.Millisecond
	backoffCeiling = 30 * time.Second

	// firstMax is how much of what is wrong Compare tells in words: a screen of it.
	firstMax = 20

	// advisoryLock is what the node that loads holds in its session: the bytes "markaz-w".
	advisoryLock = 0x6d61726b617a2d77

	// wallMin and wallMax are the first millisecond of year 1 and the last of year 9999: what PostgreSQL, JSON and the
	// languages of data users agree on.
	wallMin = -62_135_596_800_000
	wallMax = 253_402_300_799_999

	// monthMin and monthMax are January 2020, before the first centre, and December 2099. Between them lie 960
	// partitions: as many as wrong clocks can make.
	monthMin = Month(2020 * 12)
	monthMax = Month(2099*12 + 11)
)
