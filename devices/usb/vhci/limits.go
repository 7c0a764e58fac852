package vhci

import "time"

const (
	// headBytes is the head of every message. Source: Linux Documentation/usb/usbip_protocol.rst.
	headBytes = 48

	// transferBytesMax bounds one transfer, in bytes. The longest slip, 2,500 rows of 72 bytes, is 180 kB; usbfs itself
	// allows 16 MB for all transfers together.
	transferBytesMax = 4 << 20

	// transfersMax bounds what the host may have under way. usblp keeps 1, cdc-acm 33 (16 to read, 16 to write, 1 for
	// notices), libusb one for each 16 kB of a call: 256 for the longest transfer.
	transfersMax = 1024

	// portsMax is more ports than a controller has: eight for each of two speeds, and a kernel may be built with up to 31.
	portsMax = 62

	// freeWait is how long a port may take to be free again after a plug was pulled from it. The kernel needs 0.1 to 0.5 s
	// under emulation; ten times that.
	freeWait = 5 * time.Second

	// freeLook is the pause between two looks at the ports.
	freeLook = 20 * time.Millisecond
)
