package kit

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"markaz.example/devices/plug"
	"markaz.example/devices/port"
	"markaz.example/devices/printer"
	"markaz.example/devices/profile"
	"markaz.example/devices/rack"
	"markaz.example/devices/tape"
)

// Wire is what a device hangs on. Exactly one field is set.
type Wire struct {
	Serial string      // "/dev/markaz/printer-1", or "usb:serial=A50285BI"; see plug.ParseWhere
	TCP    string      // host:port
	Port   port.Opener // any other stream of bytes, such as a USB printer that another process holds
}

// ErrWire is returned by Open for a Wire with no field or more than one.
var ErrWire = errors.New("a device needs one wire: a serial line, an address, or a port")

// Device is a driver and what belongs to it. It does nothing until Driver.Run.
type Device struct {
	Class   string      // profile.ClassPrinter ...
	Profile string      // the file
	Model   string      // as on the label
	Driver  rack.Driver // an adapter of package rack, so a rack.Watcher too: rack.Printer ...
	Tap     *tape.Tap   // between driver and wire; its Ring, which may be replaced before Run, has the last exchanges
}

// Open reads a profile and makes its driver. Nothing is opened but the profile. The error names the file, or the wire.
func Open(profiles fs.FS, file string, wire Wire, log *slog.Logger) (Device, error) {
	model, err := profile.Load(profiles, file)
	if err != nil {
		return Device{}, err
	}
	d, err := build(model, wire, log)
	if err != nil {
		return Device{}, fmt.Errorf("device with profile %s: %w", file, err)
	}
	d.Profile = file
	return d, nil
}

// build is the table of classes.
func build(model profile.Model, wire Wire, log *slog.Logger) (Device, error) {
	switch m := model.(type) {
	case profile.Printer:
		tap, err := listen(wire, m.Line, tape.Pictures)
		if err != nil {
			return Device{}, err
		}
		driver := &printer.Driver{Port: tap, Profile: m, Log: log}
		return Device{Class: m.Class, Model: m.Model, Driver: rack.Printer{Driver: driver}, Tap: tap}, nil
	}
	return Device{}, fmt.Errorf("BUG: no driver for a %T", model)
}

// listen puts a tap on the wire.
func listen(wire Wire, line profile.Line, mask tape.Mask) (*tape.Tap, error) {
	opener, err := wire.opener(line)
	if err != nil {
		return nil, err
	}
	return &tape.Tap{Port: opener, Ring: &tape.Ring{}, Mask: mask}, nil
}

func (w Wire) opener(line profile.Line) (port.Opener, error) {
	switch {
	case w.Serial != "" && w.TCP == "" && w.Port == nil:
		where, err := plug.ParseWhere(w.Serial)
		if err != nil {
			return nil, err
		}
		return plug.Serial{Where: where, Baud: line.Baud, Flow: port.Flow(line.Flow), Frame: port.Frame(line.Frame)}, nil
	case w.Serial == "" && w.TCP != "" && w.Port == nil:
		return port.TCP{Address: w.TCP}, nil
	case w.Serial == "" && w.TCP == "" && w.Port != nil:
		return w.Port, nil
	}
	return nil, ErrWire
}
