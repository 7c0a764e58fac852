package tape

import "time"

const (
	// ringExchanges and ringPayload are what a device page shows: the last questions and answers of some ten status
	// rounds, each as long as four rows of a page. 50 of 64 bytes are 3 kB a device.
	ringExchanges, ringPayload = 50, 64

	// recordExchanges and recordBytes bound a recording in memory: a printer that is asked three things every 3 s makes
	// 7,200 exchanges an hour, and a scale at 9600 baud 3.5 MB an hour.
	recordExchanges, recordBytes = 100_000, 8 << 20

	// pieceCost is what an exchange weighs beside its bytes: two slices, a time, rounded up.
	pieceCost = 128

	// mergeGap: bytes of one direction closer than this are one exchange. At 9600 baud a byte takes 1 ms and a USB
	// adapter hands bytes on every 16 ms.
	mergeGap = 20 * time.Millisecond

	// mergeSpan ends an exchange that goes on and on, so that a question behind a slow picture keeps its own time and a
	// device that babbles makes lines of a length that can be read: 96 bytes at 9600 baud.
	mergeSpan = 100 * time.Millisecond

	// quiet is how long a played port waits for the next byte, as real ones do.
	quiet = 100 * time.Millisecond

	// lineBytesMax bounds a line of a file: a picture of a slip that was not hidden, 40 kB, in hex, and room.
	lineBytesMax = 1 << 20

	// tapeExchangesMax and hiddenMax bound what a file may ask of memory when it is played.
	tapeExchangesMax, hiddenMax = recordExchanges, 16 << 20

	// gapMax is the longest silence on a tape: a day.
	gapMax = 24 * time.Hour

	// shownPacket is the longest packet of a fingerprint module that is a question or an answer and no data: the index
	// table has 33 bytes. Templates come in packets of 32 bytes and more, but of another type.
	shownPacket = 40
)
