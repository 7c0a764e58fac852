package port

import "time"

const (
	// quietDefault is how long Read waits for a byte. The terminal layer counts tenths of a second, so this is its
	// smallest step; it is also how long Close may have to wait.
	quietDefault = 100 * time.Millisecond

	// quietMax is the most the terminal layer can count: 255 tenths.
	quietMax = 25500 * time.Millisecond

	// stallDefault is how long Write waits while the line takes nothing. The slowest line we accept, 9600 baud, takes
	// a byte every millisecond and a printer that prints takes one every 90 microseconds: two seconds without one byte
	// is no slow printer but a stopped one.
	stallDefault = 2 * time.Second

	// writeChunk is what is offered to the line at once, so that the stall time is counted from the last progress and
	// not from the start of a long slip. At 9600 baud a chunk takes 1.07 s, within stallDefault.
	writeChunk = 1024

	// dialWait bounds a TCP connect on the centre's own network, where an answer takes milliseconds.
	dialWait = 5 * time.Second

	// silentAfter: devices of all classes answer a status question within 500 ms; with two lost questions on the slowest
	// line that is 2 s, which leaves a person who watches the page with the news well within 5 s.
	silentAfter = 2 * time.Second

	// babbleBytes is more than any one message that a driver has to skip to find the next: a scale's line has 22 bytes,
	// a fingerprint module's packet 265. At 1200 baud it arrives within 4.3 s.
	babbleBytes = 512

	// halvesBelieved: one cut answer is a plug that was touched, three in a row are a device in trouble.
	halvesBelieved = 3

	// ptyHolds is how much a pseudo-terminal swallows before it blocks, and what a slow reader must have taken of it
	// before the writer is told that there is room again: 17,408 bytes on Linux 6.1. A real line tells after 256.
	ptyHolds = 17_408

	// bitsPerByte on a serial line: start, eight data, stop.
	bitsPerByte = 10

	// ptyMajorFirst and ptyMajorLast are the device numbers of Unix 98 pseudo-terminals.
	// Source: Linux Documentation/admin-guide/devices.txt.
	ptyMajorFirst, ptyMajorLast = 136, 143
)
