package iso

import "time"

const (
	// MessageBytesMax: a 0220 with chip data and receipts in field 63 has some 600 bytes; two fields of 999 and all the
	// small ones still fit.
	MessageBytesMax = 4096

	// answersMax is how many answers are remembered for repeated questions: a day's payments of two dozen counters at
	// their busiest are fewer than 200 an hour each; terminals repeat within a minute or two.
	answersMax = 1024

	// missedMax is how many echoes a terminal may miss.
	missedMax = 3

	// writeWithin bounds the writing of one answer, of some 60 bytes.
	writeWithin = 5 * time.Second

	// watchEvery is how often missed echoes are looked for: the shortest echo is 5 s.
	watchEvery = time.Second

	// idleEchoes: a connection on which nothing came for so many echoes is closed; its terminals are off-line before.
	idleEchoes = 2 * missedMax

	// wholeWithin bounds one message from first to last byte: 4 kB at 9,600 baud take 4.3 s.
	wholeWithin = 10 * time.Second

	// tpduBytes: protocol, destination, source.
	tpduBytes = 5

	// tpduProtocol is the first of them.
	tpduProtocol = 0x60
)
