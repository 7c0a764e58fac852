package terminal

import "time"

const (
	// silentATM and silentPOS: last heard longer ago than this, and nothing that was said counts any more. The
	// rules of the centres' queue call an ATM unknown after a quarter of an hour, and a POS, which speaks each minute,
	// after ten minutes.
	silentATM = 15 * time.Minute
	silentPOS = 10 * time.Minute

	// staleAfter: banks are asked for a word every two minutes; when two in a row are missing, nobody is sent there on the
	// strength of what was said before.
	staleAfter = 5 * time.Minute

	// betterAfter is how long the better must hold before it is told: three of the 20-second drops that lines make.
	betterAfter = time.Minute

	// CassettesMax bounds the cassettes of a terminal: NDC names four, machines have up to eight.
	CassettesMax = 8

	// historyMax is the changes kept of each terminal: a bad day has some twenty outages, with two changes each.
	historyMax = 64

	// terminalsMax bounds a board: the largest centre has two ATMs and a dozen counters; five times that.
	terminalsMax = 64

	// nameBytesMax bounds the names of a bank and of a terminal: field 41 has 8 bytes, a LUNO 9, bank codes fewer. Both
	// with a stroke between them fit the 64 bytes of a subject in the ledger.
	nameBytesMax = 31

	// changesMax is what a subscriber may lag behind: every axis of some thirty terminals at once, as when a bank's
	// line fails.
	changesMax = 256
)
