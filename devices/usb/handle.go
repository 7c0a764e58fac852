package usb

import (
	"context"
	"errors"
)

// ErrStall: the device refuses a request that it does not know.
var ErrStall = errors.New("the USB device refuses the request")

// Request is the head of a control transfer. Source: USB 2.0, section 9.3.
type Request struct {
	Type  uint8 // direction, kind and recipient: C0 hex is vendor, device, to the host
	Code  uint8
	Value uint16
	Index uint16
}

// Endpoint is one pipe of an interface, as its descriptor gives it.
type Endpoint struct {
	Address  uint8 // bit 7 set: to the host
	Transfer Transfer
	Packet   int // bytes
}

// Transfer is how a pipe carries bytes.
type Transfer string

// The two that devices of a centre use.
const (
	Bulk      Transfer = "bulk"
	Interrupt Transfer = "interrupt"
)

// Handle is one interface of a device, taken for this program alone; the kernel's driver is detached from it and given
// it back by Close. Calls may come from any goroutine, one at a time for each endpoint.
//
// Errors are port.ErrGone after an unplug, port.ErrQuiet when the context's deadline passed and nothing moved,
// port.ErrClosed after Close, and ErrStall. A count is never negative and is exact for Write even when it fails.
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
