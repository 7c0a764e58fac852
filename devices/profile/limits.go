package profile

const (
	// fileBytesMax bounds a profile: the longest has some 40 lines of 80 bytes; twenty times that is a wrong file.
	fileBytesMax = 64 << 10

	// widthDotsMin and widthDotsMax: 58 mm paper at 180 dpi prints 360 dots or more, 112 mm at 203 dpi 832; a
	// GS v 0 row may have far more, but no receipt printer does.
	widthDotsMin, widthDotsMax = 256, 1024

	// dpiMin and dpiMax: thermal heads are sold with 180, 203 and, rarely, 300 dots an inch.
	dpiMin, dpiMax = 150, 300

	// rowsMax: larger picture blocks freeze cheap printers (python-escpos issues 317, 325, 628, 662).
	rowsMax = 128

	// feedDotsMax is what ESC J can say in its one byte.
	feedDotsMax = 255

	// printerBaudMin: at 9600 baud a slip of 36 kB takes 38 s, and nobody waits that long; at 19200 it is 19 s, which a
	// printer that knows nothing faster may still be worth.
	printerBaudMin = 19200

	// baudMax is the fastest that the terminal layer names.
	baudMax = 4_000_000

	// cassetteNotesMax is what the largest cassettes hold, some 3,000 notes, with room.
	cassetteNotesMax = 5000

	// echoSecondsMin and echoSecondsMax: terminals say a word each 30 to 60 s; faster would be noise, and after more
	// than five minutes nobody waits for the third.
	echoSecondsMin, echoSecondsMax = 5, 300
)
