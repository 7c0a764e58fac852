package usbtest

import (
	"context"
	"errors"
	"io"
	"sync"

	"markaz.example/devices/port"
	"markaz.example/devices/usb"
)

// The endpoints of NewPrinter and the size of their packets.
const (
	PrinterOut    = 0x01
	PrinterIn     = 0x81
	printerPacket = 64
)

// Wired is a simulated device that serves a cable until its other end hangs up or the context ends.
type Wired interface {
	Serve(ctx context.Context, wire io.ReadWriteCloser) error
}

// NewPrinter puts a printer behind two bulk endpoints, at path 1-2.4: its cable is the plug. status is its answer to
// GET_PORT_STATUS; nil always says that all is well, as clones do. reset is called for SOFT_RESET; nil refuses it.
func NewPrinter(serial string, printer Wired, status func() byte, reset func()) *Device {
	d := New(usb.Device{
		Path: "1-2.4", Address: 5, Vendor: 0x04b8, Product: 0x0202, Serial: serial,
		ID: usb.DeviceID{Manufacturer: "EPSON", Model: "TM-T20III", Class: "PRINTER", Commands: []string{"ESC/POS"}},
		Interface: usb.Setting{Config: 1, Class: 7, SubClass: 1, Protocol: usb.BothWay, Endpoints: []usb.Endpoint{
			{Address: PrinterOut, Transfer: usb.Bulk, Packet: printerPacket},
			{Address: PrinterIn, Transfer: usb.Bulk, Packet: printerPacket},
		}},
	})
	d.driver = "usblp"
	if status == nil {
		status = func() byte { return port.PortNoError | port.PortSelected }
	}
	d.Control = func(_ context.Context, r usb.Request, data []byte) (int, error) {
		switch {
		case r.Type == 0xa1 && r.Code == 1 && len(data) == 1:
			data[0] = status()
			return 1, nil
		case r.Type == 0x21 && r.Code == 2 && reset != nil:
			reset()
			return 0, nil
		}
		return 0, usb.ErrStall
	}
	d.Life = func(ctx context.Context) { printer.Serve(ctx, d.Wire(ctx, PrinterOut, PrinterIn)) }
	return d
}

// Wire is the device's end of two endpoints as a stream, until the context ends or it is closed. Reads and writes then
// say io.EOF and port.ErrGone.
func (d *Device) Wire(ctx context.Context, out, in uint8) io.ReadWriteCloser {
	w := &wire{d: d, out: out, in: in}
	w.ctx, w.end = context.WithCancel(ctx)
	return w
}

type wire struct {
	d       *Device
	out, in uint8
	ctx     context.Context
	end     context.CancelFunc
	turn    sync.Mutex // one Write at a time keeps its packets together
}

func (w *wire) Read(b []byte) (int, error) {
	n, err := w.d.Receive(w.ctx, w.out, b)
	if errors.Is(err, port.ErrGone) || w.ctx.Err() != nil {
		return n, io.EOF
	}
	return n, err
}

func (w *wire) Write(b []byte) (int, error) {
	w.turn.Lock()
	defer w.turn.Unlock()
	if len(b) == 0 {
		return 0, nil
	}
	if err := w.d.Send(w.ctx, w.in, b); err != nil {
		return 0, port.ErrGone
	}
	return len(b), nil
}

func (w *wire) Close() error {
	w.end()
	return nil
}
