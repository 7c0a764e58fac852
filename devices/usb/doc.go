// Package usb is USB for a program that has none: what is plugged in, and single interfaces opened through a process of
// its own, markaz-usb, over a local socket. A crash in a C library ends that process and never the box, one small program
// has USB rights, and whoever imports this package stays pure Go.
//
// [Socket] is the way to that process. [Socket.List] tells what is plugged in, [Interface] opens one interface as a
// [Handle] with endpoints and control requests, [Printer] opens a printer as a port with the meanings of package port.
// Each opened interface has a connection of its own: when either end of it goes, the interface is released and the
// kernel's driver has it back.
//
// [Server] is the other end of the socket. It looks for devices on a [Bus]; the real one is in libusb, the home of gousb
// and of cgo, and one in memory for tests is in usbtest. FORMAT.md holds the bytes between them.
//
// Two kinds of interface are found ([Describe]): those of printers by their class, since vendor and product numbers of
// receipt printers are copied from maker to maker, and raw ones of devices whose vendor and product numbers somebody asks
// for. Sources: USB Device Class Definition for Printing Devices 1.1; IEEE 1284-2000 section 7.6; USB 2.0 chapter 9.
// Read device.go and handle.go next; server.go and client.go are the two ends.
package usb
