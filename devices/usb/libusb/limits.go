package libusb

import "time"

const (
	// askTimeout is how long a device may take to answer a question about itself. It answers from memory, in 1 ms; 500 ms
	// lets ten dead ones be listed in 5 s.
	askTimeout = 500 * time.Millisecond

	// idBytesMax is as much of a device id as is asked for. Ids of receipt printers are 40 to 200 bytes.
	idBytesMax = 1024
)
