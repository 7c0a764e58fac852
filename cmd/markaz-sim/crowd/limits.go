package crowd

import "time"

const (
	answerWait = 10 * time.Second      // for what a press leads to; later counts as never
	lookEvery  = 20 * time.Millisecond // while a paper is awaited
	lookPauses = 10                    // and a tenth of the time that it was awaited: fifty kiosks that wait do not make it later
	fillPress  = 8                     // kiosks pressed at once while the hall fills
	rollEvery  = time.Second           // between two looks at the roll; 20 slips of 13 cm come out meanwhile at most
	settleTime = 3 * time.Second       // after the last press, for phones to show it

	rollMM     = 80_000 // a new roll of 80 mm paper is 80 m
	rollLeftMM = 8_000  // and is changed when so much is left

	// messageMax bounds what a screen of the box may send: a hall screen with twelve services is 8 KiB.
	messageMax = 1 << 20

	// flatShare is how much more memory than after the first fifth of a run counts as growing.
	flatShare = 0.2
)
