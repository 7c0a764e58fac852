// Package libusb is the real bus: a usb.Bus on gousb, and so the one package with cgo. Only markaz-usb links it; without
// cgo every call reports usb.ErrNoUSB.
//
// Looking disturbs no print: a printer that a kernel driver or another program holds is described from what the kernel
// already read, never taken away. Every look and every opening uses a new libusb context, since an old one does not see
// what was plugged in later when no udev daemon runs.
//
// What gousb does that one would not expect, all of it handled here: a transfer past its deadline fails with
// TransferCancelled; Control returns a negative count when it fails; an unplug during a transfer is TransferNoDevice or
// TransferError, and only another request tells which; the error of a claim loses its type; automatic detaching before
// Config takes the drivers of all interfaces away and gives one back; a device that numbers its interfaces with gaps
// makes Interface panic. Read handle.go next.
package libusb
