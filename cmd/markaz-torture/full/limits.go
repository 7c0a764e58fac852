package full

import "time"

const (
	// before is how many numbers at most are given while there is room.
	before = 30

	// left is how many pages at most are left when the room ends: from none to some dozen commits.
	left = 60

	// smallPages is a volume on which a ledger has room for a day's beginning, 3 MiB, and none to take ahead.
	smallPages = 768

	// aheadPages is what a box with room takes at the least: its ballast and what it grows its ledger by, 16 MiB.
	aheadPages = 4096

	// pressesAhead are as many presses as a box must take on a full disk when it had room before: some 300 decisions, of the
	// thousands that it takes room ahead for.
	pressesAhead = 400

	// refusals are as many presses as are refused before there is room again; pressesMost bounds the presses until then: a
	// commit takes a page of its own or two.
	refusals    = 20
	pressesMost = 2000

	// patience is for what takes milliseconds on a quiet machine.
	patience = 30 * time.Second

	// poll is between two looks at something that is awaited.
	poll = 20 * time.Millisecond

	// answerBytes is as much of a page as is looked at.
	answerBytes = 1 << 20
)
