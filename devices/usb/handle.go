package usb

import (
	"context"
	"errors"
)

var (
	// ErrStall: the device refuses a request that it does not know, or halted an endpoint. A halted endpoint works again
	// after the interface was closed and opened.
	ErrStall = errors.New("the USB device refuses the request")
	// ErrRequest: what was asked for cannot be done on this interface, whatever the device says.
	ErrRequest = errors.New("not a request for this USB interface")
)

// Request is the head of a control transfer. Source: USB 2.0, section 9.3.
type Request struct {
	Type  uint8 // direction, kind and recipient: C0 hex is vendor, device, to the host
	Code  uint8
	Value uint16
	Index uint16
}

// Endpoint is one pipe of an interface, as its descriptor gives it.
type Endpoint struct {
	Address  uint8    `json:"address"` // bit 7 set: to the host. USB 2.0, section 9.6.6
	Transfer Transfer `json:"transfer"`
	Packet   int      `json:"packet"` // bytes
}

// Transfer is how a pipe carries bytes.
type Transfer string

// The two that devices of a centre use.
const (
	Bulk      Transfer = "bulk"
	Interrupt Transfer = "interrupt"
)

// Handle is one interface of a device, taken for this program alone; the kernel's driver is detached from it and given
// it back by Close. Calls may come from any goroutine, one at a time for each endpoint; calls on different endpoints do
// not wait for each other.
//
// Errors are port.ErrGone after an unplug, port.ErrQuiet when the context ended first, port.ErrClosed after Close,
// ErrStall, and ErrRequest. A count is never negative and is exact for Write even when it fails.
//
// One Read is one transfer: it ends when b is full or with a packet that is not. When the last packet is more than b
// holds, the rest of it is lost and the error is ErrRequest. Bytes that arrived before the context ended are returned
// without an error. Bytes that arrive in that very instant may be lost (libusb issue 739), so what is left of an
// interrupted answer is asked for again, not waited for. b has at most 131,072 bytes; more is not filled.
type Handle interface {
	Endpoints() []Endpoint
	Control(ctx context.Context, r Request, data []byte) (int, error)
	Read(ctx context.Context, endpoint uint8, b []byte) (int, error)
	Write(ctx context.Context, endpoint uint8, b []byte) (int, error)
	Close() error
}

// Opener finds one device and opens it. Drivers open theirs once for every Run; the context bounds the opening only.
// port.ErrGone when it is not plugged in, port.ErrBusy when another program has it.
type Opener interface {
	OpenUSB(ctx context.Context) (Handle, error)
}
