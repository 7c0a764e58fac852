package uru

import "time"

const (
	// rowBytes and rowsMax are the sensor: 384 columns, and 289 rows at most; a header that promises more is broken.
	rowBytes, rowsMax = 384, 289

	// transferMax is the room for one transfer: a header and one row more than there can be, so that a longer one is
	// seen to be longer; filled up to whole packets, since a packet that does not fit its room is lost as a babble.
	transferMax = (headerBytes + (rowsMax+1)*rowBytes + packetBytes - 1) / packetBytes * packetBytes

	// packetBytes is the largest packet of a bulk pipe at high speed; real readers, at full speed, have an eighth.
	// Source: USB 2.0 section 5.8.3.
	packetBytes = 512

	// dpi is the resolution to reckon with; the sensor's own is about 512.
	dpi = 500

	// scrambledSpread parts a clear picture from a scrambled one: the variance over the columns of its first two rows
	// added up. Two rows of evenly spread bytes have 2 * 65,536 / 12 = 10,923; the edge of a clear picture is nearly
	// flat. Source: libfprint, uru4000.
	scrambledSpread = 5000

	// controlWait bounds one register read or write. They are answered from memory, within 1 ms; a silent reader must be
	// named within 5 s, which two of these and the Ear's 2 s leave room for.
	controlWait = 500 * time.Millisecond

	// wakePolls and wakePause: registers follow a write to the power register within 100 looks 10 ms apart.
	// Source: libfprint, uru4000.
	wakePolls, wakePause = 100, 10 * time.Millisecond

	// wakeWait is how long the word that the sensor has power may take, and wakeTries how often it is tried.
	// Source: libfprint, uru4000.
	wakeWait, wakeTries = 300 * time.Millisecond, 3

	// pollDefault is how often the reader is asked for its power register, idle or waiting for a finger. Together with
	// the Ear's 2 s and controlWait a reader that died is named within 4 s.
	pollDefault = time.Second

	// calm is how long the interrupt pipe must have been free of nonsense before the reader is trusted again: a babbling
	// device says something several times a second.
	calm = 2 * time.Second

	// bulkWait is how long a picture may take after it was asked for. It is 111 kB and takes 7 to 55 ms.
	bulkWait = 2 * time.Second

	// bulkTries is how often a picture that did not come is asked for: a second time for a reader that missed the first.
	bulkTries = 2

	// picturesMax is how many pictures one press is worth. A finger that is put down slowly gives one or two broken ones.
	picturesMax = 5

	// liftWait bounds the wait for the finger to be lifted after a capture; then the reader is switched off all the same.
	liftWait = 30 * time.Second

	// eventsMax holds interrupts that nobody fetched yet. A press and a lift are two; when it is full the reader of
	// interrupts waits.
	eventsMax = 16

	// qualityDefault is the lowest quality taken when the driver's user sets none: a good press has 70 and more, a wet
	// finger or the tip of one less than 40.
	qualityDefault = 40

	// shareMin is the part of the picture, in percent, that must show ridges; below it a bad picture is called small. The
	// tip of a finger covers some 10, a finger laid flat 45.
	shareMin = 20

	// tile is the edge, in pixels, of what lookAt sorts: 16 pixels hold nearly two ridges, so that a tile with ridges has
	// dark and light in it. tileContrast is how far these must be apart, and tileDark the grey below which all of a smear
	// lies, half way to white.
	tile, tileContrast, tileDark = 16, 60, 128
)

const (
	// simSense is what the simulated sensor needs to notice a finger or its leaving, simWake its power, simShot a picture.
	simSense, simWake, simShot = 50 * time.Millisecond, 5 * time.Millisecond, 30 * time.Millisecond

	// simBabble is the pace at which a babbling one sends nonsense.
	simBabble = 20 * time.Millisecond

	// simReboot is how many looks the simulated reader needs before it has rebooted.
	simReboot = 5

	// simQueueMax bounds what the simulated reader holds for a host that fetches nothing.
	simQueueMax = 32

	// simBlockRows is how the simulated reader cuts its picture into blocks; a block counts its rows in one byte.
	simBlockRows = 100
)
