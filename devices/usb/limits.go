package usb

import "time"

const (
	// deviceIDBytesMax bounds a device id, in bytes. Ids of receipt printers are 40 to 200; the length field could say 65,535.
	deviceIDBytesMax = 1024

	// deviceIDFieldsMax bounds the fields read of one id: the standard names 7, drivers invent some 10 more.
	deviceIDFieldsMax = 32

	// transferBytesMax bounds one transfer, and what one frame carries. The largest that a device of ours makes is a
	// fingerprint: 111,424 bytes. A multiple of every packet size.
	transferBytesMax = 128 << 10

	// writeChunk is what is written at once. The kernel moves bulk data in blocks of this size, so smaller gains nothing
	// and larger hides progress.
	writeChunk = 16 << 10

	// frameBytesMax is transferBytesMax, the text of an error, and heads: 1 + 4 + 1 + 4 + 2 bytes.
	frameBytesMax = transferBytesMax + textBytesMax + 12

	// frameBytesMin is a kind and a request's number.
	frameBytesMin = 5

	// textBytesMax bounds what an answer says of an error, in bytes: a sentence, some paths, and a library's own words.
	textBytesMax = 1024

	// selectorBytesMax bounds a path or a serial number, in bytes: both are counted in one byte. A path has at most 7
	// ports, a string descriptor at most 126 letters.
	selectorBytesMax = 255

	// idsMax bounds the vendor and product numbers of one request. A family of readers has three.
	idsMax = 16

	// devicesMax bounds a listing. A bus has at most 127 devices; a centre has five.
	devicesMax = 64

	// endpointsMax of one setting: 15 in each direction. Source: USB 2.0, section 9.6.5.
	endpointsMax = 30

	// packetBytesMax is the largest packet: 1,024 bytes. Source: USB 3.2, section 9.6.6.
	packetBytesMax = 1024

	// waitMax is the longest deadline that a frame can hold: 2^32 - 1 ms, 49 days.
	waitMax = (1<<32 - 1) * time.Millisecond

	// connectionsMax is how many interfaces can be open at once, with listings between them: a centre has five devices.
	// Each costs at most one frame and callsMax transfers, 2.3 MB; together 74 MB, which is what the unit allows for.
	connectionsMax = 32

	// callsMax bounds the requests of one connection that are under way: one for each endpoint of a device with 15, and
	// one control request.
	callsMax = 16

	// greetWait bounds the greeting: eight bytes over a local socket.
	greetWait = 5 * time.Second

	// sendWait bounds the writing of one frame into the socket. Who does not take it within this time is stopped or dead.
	sendWait = 5 * time.Second

	// answerGrace is how long the answer may take after a request was cancelled. A transfer ends within milliseconds, a
	// control request cannot be cancelled and runs into its own time limit of at most ControlMax.
	answerGrace = 5 * time.Second

	// ControlMax bounds a control request on the bus, whatever its context allows: USB 2.0 section 9.2.6.1 lets a device
	// take 5 s for any request and 500 ms for the first byte; nothing a centre has takes more than milliseconds.
	ControlMax = 2 * time.Second

	// quietDefault and stallDefault are those of package port for its own kinds of wire.
	quietDefault = 100 * time.Millisecond
	stallDefault = 2 * time.Second
)
