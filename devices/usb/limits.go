package usb

import "time"

const (
	// deviceIDBytesMax bounds a device id, in bytes. Ids of receipt printers are 40 to 200; the length field could say 65,535.
	deviceIDBytesMax = 1024

	// deviceIDFieldsMax bounds the fields read of one id: the standard names 7, drivers invent some 10 more.
	deviceIDFieldsMax = 32

	// controlTimeout is how long a printer may take to answer a question about itself. It answers from memory, in 1 ms; 500 ms
	// lets ten dead ones be listed in 5 s.
	controlTimeout = 500 * time.Millisecond
)
