package scale

import "time"

const (
	// digitsMax: nine digits are 999,999.999 kg or one milligram in a tonne; indicators show at most seven.
	digitsMax = 9

	// lineBytesMax: the longest line we read, a WB-3000's with model, weight, height, index and checksum, has some
	// 110 bytes; an I0 or I4 answer with a text of 40 has fewer. Doubled.
	lineBytesMax = 256

	// secaBytesMax: seven bytes as pairs of hex digits, CR LF, STX and ETX are 18.
	secaBytesMax = 18

	// casBlockBytes is SOH STX, state, sign, six digits, unit of two, BCC, ETX EOT.
	casBlockBytes = 15

	// runsSettled is how often running a scale that repeats itself must say the same stable weight. Two could be one
	// moment of rest between two breaths of a child at 5 Hz; three are 0.6 s.
	runsSettled = 3

	// watchedDefault is between two questions while somebody looks: 5 a second, which is what a display shows.
	watchedDefault = 200 * time.Millisecond

	// idleDefault is between two questions while nobody does: enough to name a silent scale within 5 s.
	idleDefault = 2 * time.Second

	// answerDefault: SI is answered within 100 ms and its 24 bytes take 100 ms at 2400 baud; doubled and a half more.
	answerDefault = 500 * time.Millisecond

	// answerMax is what a slow scale is given at the most: a weight that is older than the silence a line is allowed is
	// nobody's any more.
	answerMax = 2 * time.Second

	// drainMessages bounds what a scale may have to say before it is asked anew: two answers it owed, and noise's worth.
	drainMessages = 8

	// orderDefault is how long a scale may look for rest before it zeroes or tares. Models wait 5 to 40 s by themselves; a
	// pan that does not come to rest in 5 s has somebody at it.
	orderDefault = 5 * time.Second

	// gapMax is the longest pause inside one message: at 1200 baud a byte takes 9 ms, a USB adapter holds bytes back for
	// 16 ms, and a busy box is late by some tens. A stream of 10 lines a second pauses longer between two lines.
	gapMax = 80 * time.Millisecond

	// readBytes is one look at the line: ten lines of a stream.
	readBytes = 256

	// driftDivisions is how far an empty pan may be off, emptyDivisions how much still counts as an empty pan, and
	// driftAfter how long it must stand there. On an infant scale of 10 g ten divisions are 100 g, a tenth of the
	// lightest child that is accepted.
	driftDivisions, emptyDivisions = 2, 10
	driftAfter                     = 5 * time.Second

	// busyBelieved: a scale that tares or zeroes says so for 2 to 4 s; after this it is in trouble.
	busyBelieved = 8 * time.Second

	// staleAfter is how old the newest reading may be: one idle question, its answer, and half as much again.
	staleAfter = 4 * time.Second

	// refusalsBelieved is how many questions running a scale must refuse before it is called unfit: one may have been
	// spoiled on its way.
	refusalsBelieved = 3

	// lookAround is how long an order or a new watcher may wait: the quiet time of a serial line.
	lookAround = 100 * time.Millisecond

	// displayCharsMax is what the narrowest display shows of a text. Source: MT-SICS reference manual, D.
	displayCharsMax = 7

	// simDivision and simCapacity are an infant scale's, in grams.
	simDivision, simCapacity = 10, 20_000

	// simRate is a stream's lines a second. Source: A&D and CAS manuals, "stream mode".
	simRate = 10

	// simSettle: with this time constant a child of 10 kg shows rest 1.9 s after it was put down, which is what scales do.
	simSettle = 250 * time.Millisecond

	// simAnswer is what a scale takes to begin an answer.
	simAnswer = 20 * time.Millisecond

	// simLineBits is a byte on the wire: start, eight bits, stop. A parity bit makes it a tenth slower in life.
	simLineBits = 10

	// simLine is 9600 baud, 8N1, in bytes a second.
	simLine = 960

	// simRest is how long a scale looks for rest. Source: MT-SICS models wait 5 to 40 s.
	simRest = 5 * time.Second

	// simWriggle is how far a child's movements throw the weight, in grams.
	simWriggle = 150

	// simOver and simUnder, in divisions: the display goes out there. Source: OIML R 76-1, 4.2.3 (9 divisions above Max)
	// and T.5.5 (20 below zero).
	simOver, simUnder = 9, 20

	// simNoise is a burst, ten times a second: 20 bytes that look like a line.
	simNoise = 20

	// simTickMin bounds the stream of a simulator without pace: a line a millisecond.
	simTickMin = time.Millisecond

	// simSayingsMax is what a scale's send buffer holds: some ten lines.
	simSayingsMax = 10
)
