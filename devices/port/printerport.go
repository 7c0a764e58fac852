package port

import "context"

// PrinterPort is what a port of the USB printer class knows besides bytes. It is answered past the printer's command
// queue, so also by a printer that is stopped. A port of another kind does not have it.
// Source: USB Printer Class 1.1, sections 4.2.2 and 4.2.3.
type PrinterPort interface {
	PortStatus(ctx context.Context) (byte, error)
	SoftReset(ctx context.Context) error
}
