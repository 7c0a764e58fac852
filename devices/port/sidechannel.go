package port

import "context"

// SideChannel is what some ports to a printer can do beside carrying its bytes: USB has requests that pass the printer's
// queue by, a serial line has not. A driver asks for it by a type assertion on the port that it opened.
// Errors are those of a port; both end when the context does.
type SideChannel interface {
	// PortStatus is the byte that stands for three wires of a parallel port; see the masks below. Answered without the
	// printer's queue, so also while paper is out. Many clones always say that all is well: good news is a hint, never a proof.
	PortStatus(ctx context.Context) (byte, error)
	// SoftReset empties the printer's buffers and clears stalls, as if the power had been off for an instant.
	SoftReset(ctx context.Context) error
}

// The bits of PortStatus; a printer that is well says 18 hex. Source: USB Device Class Definition for Printing Devices
// 1.1, section 4.2.2.
const (
	PortNoError  = 0x08
	PortSelected = 0x10
	PortPaperOut = 0x20
)
