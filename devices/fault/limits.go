package fault

import "time"

const (
	// scriptBytesMax and linesMax bound a script: a thousand faults with a comment each.
	scriptBytesMax, linesMax = 64 << 10, 1000

	// countMax is more bytes than a device at 115200 baud says in a day, 995 million.
	countMax = 1_000_000_000

	// repeatMax lets a fault a second last for eleven days.
	repeatMax = 1_000_000

	// babbleMax is a day of a device at 1200 baud.
	babbleMax = 16 << 20

	// timeMax is the longest wait: a day.
	timeMax = 24 * time.Hour

	// answerGap is the pause that ends an answer: at 9600 baud a byte takes 1 ms, and simulators pace in steps of 5.
	answerGap = 20 * time.Millisecond

	// lateBytesMax bounds what waits to be heard later: 90 s of a device at 115200 baud. What is more is lost.
	lateBytesMax = 1 << 20

	// babbleChunk is written at once, so that a plug can be pulled in the middle.
	babbleChunk = 256
)
