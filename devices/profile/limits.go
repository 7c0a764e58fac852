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

	// fingerSideMin and fingerSideMax: sensors are sold from 160 by 160 pixels; 512 by 512 in eight bits is 262 kB, which
	// a serial line would carry in a minute.
	fingerSideMin, fingerSideMax = 96, 512

	// fingerDPIMin and fingerDPIMax: matchers need 300 dots an inch, and no optical module has 1,000.
	fingerDPIMin, fingerDPIMax = 300, 1000

	// zfmSecurityMax is the strictest level. Source: ZFM-20 user manual, SetSysPara.
	zfmSecurityMax = 5
)
