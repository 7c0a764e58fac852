// Package usbtest is a USB bus in memory, with devices that tests make, plug, unplug and spoil.
//
// [Serve] puts devices behind a real markaz-usb socket; [Bus] alone can be given to a usb.Server. A [Device] has the
// interface of a real one, so everything between a driver and the bus runs as it does at a centre: only libusb is
// replaced. [NewPrinter] puts a simulated printer, or anything that serves a wire, behind two bulk endpoints; [NewRaw]
// makes a device whose control requests and pipes the test's own code answers.
package usbtest
