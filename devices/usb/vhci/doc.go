// Package vhci plugs simulated USB devices into a real kernel, through its virtual host controller: the kernel takes one
// end of a socket for a cable and speaks USB/IP over it, and at the other end is a [Device] written in Go. So every
// descriptor, answer, delay, stall and unplug is ours to choose, and all above the cable is the real thing: usbcore,
// usblp, cdc-acm, usbfs, libusb.
//
// What it promises: a transfer is answered once; endpoints do not wait for each other; a transfer that the host takes
// back ends at once and what it moved until then is told exactly; a plug can be pulled at any byte.
//
// [Outlet] is the plug. [Printer] and [Serial] give a simulator that knows only a byte stream, an [outlet.Device], the
// USB side of a receipt printer and of a USB serial line. The kernel needs its module vhci-hcd and the program the rights
// of root; tests that need neither speak USB/IP to a Host of their own.
//
// Sources: Linux Documentation/usb/usbip_protocol.rst; USB 2.0 chapter 9; USB Printer Class 1.1; USB CDC 1.2 and PSTN
// subclass 1.2. Read Device first.
package vhci
