package kit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"markaz.example/devices/finger"
	"markaz.example/devices/finger/sbi"
	"markaz.example/devices/finger/uru"
	"markaz.example/devices/finger/zfm"
	"markaz.example/devices/plug"
	"markaz.example/devices/port"
	"markaz.example/devices/printer"
	"markaz.example/devices/profile"
	"markaz.example/devices/rack"
	"markaz.example/devices/scale"
	"markaz.example/devices/tape"
	"markaz.example/devices/usb"
)

// Wire is what a device hangs on. Exactly one field is set.
type Wire struct {
	Serial  string      // "/dev/markaz/printer-1", or "usb:serial=A50285BI"; see plug.ParseWhere
	TCP     string      // host:port
	USB     string      // "only", "1-2.4", "05ba:000a", "serial=X5K"; see usb.ParseSelector
	Service string      // a reader behind a maker's program on this machine: its serial number, or "any"
	Port    port.Opener // any other stream of bytes, for tests
}

// anyReader is the Service that takes the first reader found.
const anyReader = "any"

// Machine is where devices are plugged in. The zero Machine is this one.
type Machine struct {
	Profiles fs.FS             // device profiles
	USB      usb.Socket        // of markaz-usb; the zero Socket means its usual place
	Ring     func() *tape.Ring // where a device's exchanges are kept; nil means the last few
	Log      *slog.Logger      // nil means silence

	// Known is the time, and whether somebody vouches for it; nil means the machine's, vouched for.
	Known func() (now time.Time, known bool)
}

// ErrWire is returned by Open for a wire that the device cannot hang on.
var ErrWire = errors.New("the device cannot hang on this wire")

// Device is a driver and what belongs to it. It does nothing until Driver.Run.
type Device struct {
	Class   string      // profile.ClassPrinter ...
	Profile string      // the file
	Model   string      // as on the label
	Driver  rack.Driver // an adapter of package rack, so a rack.Watcher too: rack.Printer ...
	Ring    *tape.Ring  // the last exchanges, masked as the class asks; nil where no stream of bytes can be heard

	// One of these is the driver under Driver.
	Printer *printer.Driver
	Finger  finger.Reader
	Scale   *scale.Driver

	known func() bool                                       // the device has said how it is, in this run of its driver
	facts func() []profile.Fact                             // how it is
	asks  func(context.Context) ([]profile.Fact, error)     // what it is, while Run runs; nil for nothing
	apply func(context.Context) ([]profile.Setting, error)  // nil for nothing
	probe func(ctx context.Context) ([]profile.Fact, error) // without Run; nil means that it runs for the questions
}

// Open reads a profile and makes its driver. Nothing is opened but the profile. The error names the file, or the wire.
func (m Machine) Open(file string, wire Wire) (Device, error) {
	model, err := profile.Load(m.Profiles, file)
	if err != nil {
		return Device{}, err
	}
	d, err := m.build(model, wire)
	if err != nil {
		return Device{}, fmt.Errorf("device with profile %s: %w", file, err)
	}
	d.Profile = file
	return d, nil
}

// build is the table of classes and protocols.
func (m Machine) build(model profile.Model, wire Wire) (Device, error) {
	switch p := model.(type) {
	case profile.Printer:
		return m.printer(p, wire)
	case profile.Scale:
		return m.scale(p, wire)
	case profile.Paypoint:
		return Device{}, fmt.Errorf("%w: payment terminals are heard on the lines of their banks; see [[bank]] in box.toml", ErrWire)
	case profile.Finger:
		switch p.Protocol {
		case profile.ProtocolZFM:
			return m.zfm(p, wire)
		case profile.ProtocolURU:
			return m.uru(p, wire)
		case profile.ProtocolSBI:
			return m.sbi(p, wire)
		}
	}
	return Device{}, fmt.Errorf("BUG: no driver for %+v", model)
}

func (m Machine) printer(p profile.Printer, w Wire) (Device, error) {
	tap, err := m.listen(w, p.Line, tape.Pictures)
	if err != nil {
		return Device{}, err
	}
	d := &printer.Driver{Port: tap, Profile: p, Log: m.Log}
	return Device{
		Class: p.Class, Model: p.Model, Driver: rack.Printer{Driver: d}, Printer: d, Ring: tap.Ring,
		known: func() bool { return d.State().Known }, facts: func() []profile.Fact { return printer.Facts(d.State()) },
		apply: d.Apply, probe: d.Probe,
	}, nil
}

func (m Machine) scale(p profile.Scale, w Wire) (Device, error) {
	tap, err := m.listen(w, p.Line, tape.Nothing)
	if err != nil {
		return Device{}, err
	}
	d := &scale.Driver{Port: tap, Profile: p, Log: m.Log}
	return Device{
		Class: p.Class, Model: p.Model, Driver: rack.Scale{Driver: d}, Scale: d, Ring: tap.Ring,
		known: func() bool { return d.State().Known }, facts: func() []profile.Fact { return scaleFacts(d) },
		asks: func(ctx context.Context) ([]profile.Fact, error) { return scaleIdentity(ctx, d) }, apply: d.Apply,
	}, nil
}

func (m Machine) zfm(p profile.Finger, w Wire) (Device, error) {
	tap, err := m.listen(w, p.Line, tape.Fingers)
	if err != nil {
		return Device{}, err
	}
	d := &zfm.Driver{Port: tap, Profile: p, Log: m.Log}
	if w.Serial != "" {
		d.At = func(baud int) port.Opener {
			at := p.Line
			at.Baud = baud
			again, err := m.opener(w, at)
			if err != nil { // it was opened with this wire a moment ago
				panic("BUG: " + err.Error())
			}
			return &tape.Tap{Port: again, Ring: tap.Ring, Mask: tap.Mask}
		}
	}
	out := fingerDevice(p, d, d.State)
	out.Finger, out.Ring, out.apply = d, tap.Ring, d.Apply
	out.asks = func(ctx context.Context) ([]profile.Fact, error) { return zfmAbilities(ctx, d) }
	return out, nil
}

func (m Machine) uru(p profile.Finger, w Wire) (Device, error) {
	if w.USB == "" {
		return Device{}, fmt.Errorf("%w: a reader of this kind is on USB; give usb", ErrWire)
	}
	selector, err := usb.ParseSelector(w.USB)
	if err != nil {
		return Device{}, err
	}
	for _, text := range p.USB {
		known, err := usb.ParseID(text)
		if err != nil {
			return Device{}, err
		}
		selector.IDs = append(selector.IDs, known)
	}
	d := &uru.Driver{USB: usb.Interface{Socket: m.socket(), Selector: selector}, Quality: p.QualityMin, Log: m.Log}
	out := fingerDevice(p, d, d.State)
	out.Finger = d
	return out, nil
}

func (m Machine) sbi(p profile.Finger, w Wire) (Device, error) {
	if w.Service == "" {
		return Device{}, fmt.Errorf("%w: a certified reader is reached through its maker's program; give service", ErrWire)
	}
	text, err := fs.ReadFile(m.Profiles, p.Service.Trust)
	if err != nil {
		return Device{}, fmt.Errorf("trust roots of the reader: %w; ask its provider for them", err)
	}
	roots, err := sbi.ParseRoots(text)
	if err != nil {
		return Device{}, err
	}
	d := &sbi.Driver{
		First: p.Service.FirstPort, Last: p.Service.LastPort, Roots: roots, Env: p.Service.Env, Purpose: p.Service.Purpose,
		Quality: p.QualityMin, Known: m.Known, Log: m.Log,
	}
	if w.Service != anyReader {
		d.Serial = w.Service
	}
	out := fingerDevice(p, d, d.State)
	out.Finger = d
	return out, nil
}

func fingerDevice(p profile.Finger, d rack.FingerDriver, state func() finger.State) Device {
	return Device{
		Class: p.Class, Model: p.Model, Driver: rack.Finger{FingerDriver: d},
		known: func() bool { s := state(); return s.Ready || s.Line != nil || s.Trouble != nil }, facts: func() []profile.Fact { return fingerFacts(state()) },
	}
}

// listen puts a tap on the wire.
func (m Machine) listen(w Wire, line profile.Line, mask tape.Mask) (*tape.Tap, error) {
	opener, err := m.opener(w, line)
	if err != nil {
		return nil, err
	}
	ring := &tape.Ring{}
	if m.Ring != nil {
		ring = m.Ring()
	}
	return &tape.Tap{Port: opener, Ring: ring, Mask: mask}, nil
}

func (m Machine) opener(w Wire, line profile.Line) (port.Opener, error) {
	switch w {
	case Wire{}:
	case Wire{Serial: w.Serial}:
		where, err := plug.ParseWhere(w.Serial)
		if err != nil {
			return nil, err
		}
		return plug.Serial{Where: where, Baud: line.Baud, Flow: port.Flow(line.Flow), Frame: port.Frame(line.Frame)}, nil
	case Wire{TCP: w.TCP}:
		return port.TCP{Address: w.TCP}, nil
	case Wire{USB: w.USB}:
		selector, err := usb.ParseSelector(w.USB)
		return usb.Printer{Socket: m.socket(), Selector: selector}, err
	case Wire{Port: w.Port}:
		return w.Port, nil
	}
	return nil, fmt.Errorf("%w: it needs one of serial, tcp and usb", ErrWire)
}

func (m Machine) socket() usb.Socket {
	if m.USB.Path == "" && m.USB.Dial == nil {
		return usb.Socket{Path: usb.SocketPath}
	}
	return m.USB
}
