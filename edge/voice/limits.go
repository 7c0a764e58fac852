package voice

import "time"

const (
	// LangsMax is how many languages a call is said in: with two it takes some ten seconds, and twelve desks that each serve
	// for five minutes call somebody every twenty-five.
	LangsMax = 2

	// LateAfter is how old a call may be when its turn comes: five calls of ten seconds and a half in front of it, and a little.
	// Whoever is at the desk presses again after that.
	LateAfter = 60 * time.Second

	// NumberMax is the largest number that can be said: a token's three digits.
	NumberMax = 999

	// VolumeDefault is said where nothing is configured, in percent.
	VolumeDefault = 80

	// Rate is of every clip, samples a second: a synthesizer's own, and more than a voice in a hall needs.
	Rate = 22050

	// clipBytesMax bounds one clip: eight seconds at 48 kHz in two channels of 16 bits.
	clipBytesMax = 8 * 48000 * 2 * 2

	// soundBytesMax bounds one announcement: thirty clips of two seconds.
	soundBytesMax = 30 * 2 * Rate * 2

	// gapClips stands between two clips: words are to follow each other as in a sentence.
	gapClips = 20 * time.Millisecond

	// GapLangs stands between two languages, long enough to be heard as an end.
	GapLangs = 500 * time.Millisecond

	// GapCalls stands between two announcements.
	GapCalls = 900 * time.Millisecond
)
