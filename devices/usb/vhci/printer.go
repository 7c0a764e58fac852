package vhci

import (
	"context"
	"encoding/binary"

	"markaz.example/devices/outlet"
	"markaz.example/devices/port"
	"markaz.example/devices/usb"
)

// Printer is a receipt printer of the USB printer class, both ways, around a simulator of its bytes.
// Source: USB Device Class Definition for Printing Devices 1.1.
type Printer struct {
	Sim             outlet.Device
	Vendor, Product uint16
	Serial          string      // empty for none, as most clones
	ID              string      // IEEE 1284 fields: "MFG:EPSON;CMD:ESC/POS;MDL:TM-T20;CLS:PRINTER;"
	Status          func() byte // of the port, each time it is asked for; nil means that all is well
	Reset           func()      // on SOFT_RESET; may be nil
}

// portReady is the status of a printer that is well.
const portReady = port.PortNoError | port.PortSelected

// Endpoints of a Printer.
const (
	printerOut = 0x01
	printerIn  = 0x82
)

// Run is the simulator's.
func (p *Printer) Run(ctx context.Context) error { return p.Sim.Run(ctx) }

// Descriptors are those of a printer with one interface.
func (p *Printer) Descriptors() Descriptors {
	const printer, subClass, bothWays = 0x07, 0x01, 0x02
	own := identity{vendor: p.Vendor, product: p.Product, maker: "markaz", name: "simulated printer", serial: p.Serial}
	d := Descriptors{Speed: High}
	d.Device, d.Strings = own.device()
	d.Config = config(1,
		face(0, 2, printer, subClass, bothWays),
		endpoint(printerOut, bulk, packetBulk, 0),
		endpoint(printerIn, bulk, packetBulk, 0))
	return d
}

// Attach plugs in a cable.
func (p *Printer) Attach() Function { return &printerFunction{stream: newStream(p.Sim), printer: p} }

type printerFunction struct {
	*stream
	printer *Printer
}

// Control is the three requests of section 4.2.
func (f *printerFunction) Control(_ context.Context, r usb.Request, _ []byte) ([]byte, error) {
	const (
		fromInterface, toInterface, toOther   = 0xa1, 0x21, 0x23
		getDeviceID, getPortStatus, softReset = 0, 1, 2
	)
	switch {
	case r.Type == fromInterface && r.Code == getDeviceID:
		return f.printer.deviceID(), nil
	case r.Type == fromInterface && r.Code == getPortStatus:
		return []byte{f.printer.status()}, nil
	case r.Code == softReset && (r.Type == toInterface || r.Type == toOther): // version 1.0 had the other one
		f.printer.reset()
		return nil, nil
	}
	return nil, usb.ErrStall
}

// deviceID is the length, which counts itself, and the fields.
func (p *Printer) deviceID() []byte {
	b := binary.BigEndian.AppendUint16(nil, uint16(len(p.ID)+2))
	return append(b, p.ID...)
}

func (p *Printer) status() byte {
	if p.Status == nil {
		return portReady
	}
	return p.Status()
}

func (p *Printer) reset() {
	if p.Reset != nil {
		p.Reset()
	}
}

func (f *printerFunction) In(ctx context.Context, _ uint8, b []byte) (int, error) {
	return f.stream.In(ctx, b)
}

func (f *printerFunction) Out(ctx context.Context, _ uint8, b []byte) (int, error) {
	return f.stream.Out(ctx, b)
}
