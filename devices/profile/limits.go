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

	// StripRows is the height of one ESC * strip in its 24-dot modes.
	StripRows = 24

	// densityMin to densityMax and speedMin to speedMax are the values that GS ( E function 5 takes for a = 5 and a = 6;
	// a model that knows fewer speeds keeps its old one, which the reading back shows.
	densityMin, densityMax = -6, 6
	speedMin, speedMax     = 1, 13

	// autoStatusMax is the four kinds of change that GS a can tell; codePageMax what ESC t can say in one byte.
	autoStatusMax = 15
	codePageMax   = 255

	// feedDotsMax is what ESC J can say in its one byte.
	feedDotsMax = 255

	// printerBaudMin: at 9600 baud a slip of 36 kB takes 38 s, and nobody waits that long; at 19200 it is 19 s, which a
	// printer that knows nothing faster may still be worth.
	printerBaudMin = 19200

	// baudMax is the fastest that the terminal layer names.
	baudMax = 4_000_000

	// fingerSideMin and fingerSideMax: sensors are sold from 160 by 160 pixels; 512 by 512 in eight bits is 262 kB, which
	// a serial line would carry in a minute.
	fingerSideMin, fingerSideMax = 96, 512

	// fingerDPIMin and fingerDPIMax: matchers need 300 dots an inch, and no optical module has 1,000.
	fingerDPIMin, fingerDPIMax = 300, 1000

	// uruWidth, uruHeight and uruDPI are the one sensor of the U.are.U 4000 family.
	uruWidth, uruHeight, uruDPI = 384, 289, 500

	// sbiPortFirst and sbiPortLast are where device services listen. Source: MOSIP secure biometric interface, device
	// discovery.
	sbiPortFirst, sbiPortLast = 4501, 4600

	// zfmSecurityMax is the strictest level. Source: ZFM-20 user manual, SetSysPara.
	zfmSecurityMax = 5

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

	// cassetteNotesMax is what the largest cassettes hold, some 3,000 notes, with room.
	cassetteNotesMax = 5000

	// echoSecondsMin and echoSecondsMax: terminals say a word each 30 to 60 s; faster would be noise, and after more
	// than five minutes nobody waits for the third.
	echoSecondsMin, echoSecondsMax = 5, 300
)
