package zfm

import "time"

const (
	// headBytes is header, address, type and length; sumBytes the sum behind the content.
	headBytes, sumBytes = 9, 2

	// contentMax is the most data a packet holds, with parameter 6 at 3.
	contentMax = 256

	// packetBytesMin is the data in a packet with parameter 6 at 0; each step doubles it.
	packetBytesMin = 32

	// parameterBytes is eight words; noteBytes is a page of the notepad and a page of the index; notePages is how many the
	// notepad has.
	parameterBytes, noteBytes, notePages = 16, 32, 16

	// indexPages is how many tables of 256 pages ReadIndexTable knows.
	indexPages, indexSpan = 4, 256

	// informationBytes is the information page of R30x modules.
	informationBytes = 512

	// baudSteps is the most that parameter 4 says: 12 times 9600.
	baudSteps = 12

	// addressDefault is what every module has from the factory.
	addressDefault = 0xffffffff

	// pollDefault is between two questions to an idle module. A module that falls silent just after one is known by
	// 1.5 s + port's 2 s of belief + two waits of 0.5 s = 4.5 s.
	pollDefault = 1500 * time.Millisecond

	// answerDefault is for one answer besides the time its bytes need: modules answer within 100 ms, a picture is taken in
	// half a second.
	answerDefault = time.Second

	// tendAnswer is the same for the questions to an idle module, which are answered at once. Also how long a command that
	// a model may not know is given.
	tendAnswer = 500 * time.Millisecond

	// searchFactor is by how much a search, or emptying the library, may take longer: 1 s for 200 templates, 1,000 of them.
	searchFactor = 5

	// lookDefault is between two looks for a finger: quick to a person, and a quarter of the module's time.
	lookDefault = 150 * time.Millisecond

	// settleDefault is the silence after a time-out before the module is asked again, so that a late answer is not taken
	// for the next one: ten times the 16 ms for which a USB serial cable may hold bytes back, rounded up.
	settleDefault = 200 * time.Millisecond

	// flushMax bounds the wait for that silence on a line that never falls silent.
	flushMax = time.Second

	// silentSwap is how long a module is not heard at one speed before another is tried: a round of two questions. Every
	// second try is at the speed where it was last heard, so a module that was only switched off is back within two tries.
	silentSwap = 1200 * time.Millisecond

	// restartWait is how long Apply waits for the module at its new speed: both speeds in turn, twice.
	restartWait = 8 * time.Second

	// capturesFailed is how many pictures in a row a sensor may fail to take before it is called broken.
	capturesFailed = 4

	// ghostPictures and ghostAge: so many unreadable pictures over so long without one look at an empty glass is no
	// person, who lifts the finger when told to, but dirt.
	ghostPictures, ghostAge = 6, 20 * time.Second

	// templateMax bounds a template: clones have up to 1,536 bytes.
	templateMax = 2048

	// bitsPerByte on a serial line: start, eight data, stop.
	bitsPerByte = 10

	// readBytes is one look at the line: a packet of data.
	readBytes = 512

	// decoderBytes is one packet that lacks its last byte, and one look at the line.
	decoderBytes = headBytes + contentMax + sumBytes + readBytes

	// libraryMax is what a page number of two bytes and four index tables can reach.
	libraryMax = indexPages * indexSpan

	// simWidth and simHeight are the sensor of most models; simPages, simPacket and simBaud what a ZFM-20 has from the
	// factory. Source: ZFM-20 user manual.
	simWidth, simHeight, simPages, simPacket, simBaud = 256, 288, 162, 128, 57600

	// simBoot is from power to the first command, at which many models send simAwake.
	simBoot, simAwake = 500 * time.Millisecond, 0x55

	// simLook and simThink are what a picture and its features take. Source for the picture: R503 user manual, below 0.3 s.
	// The features are a guess of the same order.
	simLook, simThink = 150 * time.Millisecond, 300 * time.Millisecond

	// simFeatures is the features of one picture; two make a template.
	simFeatures = 256

	// simPiece is the most that is sent at once: half a USB serial cable's packet, so that packets are cut anywhere.
	simPiece = 64

	// simQueue holds what the host sends meanwhile: a picture in packets, as reads of 512 bytes, and some more.
	simQueue = 1024

	// simPrints is how many of its own pictures it knows again when they come back.
	simPrints = 16

	// simReadable is the quality below which nothing can be made of a picture.
	simReadable = 15

	// simNap is the shortest sleep the pacing bothers with; shorter ones are added up.
	simNap = 5 * time.Millisecond
)
