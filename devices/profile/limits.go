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

	// infantDivisionMax and adultDivisionMax: WHO's growth standards were made with 10 g for infants and 100 g for adults;
	// a coarser scale cannot tell a month's growth.
	infantDivisionMax, adultDivisionMax = 10, 100

	// emptyPanDivisions: what weighs less may be a pan that drifted, so nobody who is weighed may be that light.
	emptyPanDivisions = 10

	// scaleGramsMax is above every scale a person stands on; the largest have 300 kg.
	scaleGramsMax = 500_000

	// scaleBaudMin and scaleBaudMax: seca's interface has 1200, no scale of the list more than 57600.
	scaleBaudMin, scaleBaudMax = 1200, 115_200

	// displayDecimalsMax: the number has five digits, and one stands before the point.
	displayDecimalsMax = 4
)
