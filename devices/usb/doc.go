// Package usb finds the USB printers that are plugged in: interfaces of class 07, subclass 01 with bulk endpoints, and what
// each says of itself in its IEEE 1284 device id.
//
// Vendor and product numbers of receipt printers are copied from maker to maker, so nothing is decided by them. Looking
// disturbs no print: a printer that a kernel driver or another program holds is described from what the kernel already
// read, never taken away. Every look uses a new libusb context, since an old one does not see what was plugged in later
// when no udev daemon runs.
//
// It is the home of gousb and with it of cgo, and is linked by markaz-usb alone. Without cgo List reports ErrNoUSB.
// Sources: USB Device Class Definition for Printing Devices 1.1; IEEE 1284-2000 section 7.6. Read Device first.
package usb
