package box

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"markaz.example/devices/kit"
	"markaz.example/devices/rack"
	"markaz.example/devices/tape"
	"markaz.example/devices/usb"
	"markaz.example/edge/anthropometry"
	"markaz.example/edge/desk"
	"markaz.example/edge/health"
	"markaz.example/edge/id"
	"markaz.example/edge/spool"
	"markaz.example/edge/station"
	"markaz.example/edge/web/devices"
)

// device is one device of the configuration, ready to run.
type device struct {
	kit.Device
	config Device
	name   string // as conditions, records and pages call it: "printer/hall-1"
}

// openDevices reads every device's profile, so that a fault in one is said before the box runs.
func openDevices(c Config, time *belief, log *slog.Logger) ([]device, error) {
	var all []device
	for _, d := range c.Devices {
		m := kit.Machine{Profiles: os.DirFS(c.Profiles), USB: usb.Socket{Path: c.USB}, Known: time.now, Log: log.With("dev", d.Name)}
		opened, err := m.Open(d.Profile, kit.Wire{Serial: d.Serial, TCP: d.TCP, USB: d.USB, Service: d.Service})
		if err != nil {
			return nil, fmt.Errorf("device %s: %w", d.Name, err)
		}
		all = append(all, device{opened, d, opened.Class + "/" + d.Name})
	}
	return all, nil
}

// rack runs every device, and the listener for payment terminals if there is one.
func (b *Box) rack(board *health.Board) *rack.Rack {
	r := &rack.Rack{Reporter: &reporter{board: board, held: map[string][]condition{}}, Log: b.Log}
	for _, d := range b.devices {
		r.Devices = append(r.Devices, rack.Device{Name: d.name, Driver: d.Driver})
	}
	if b.paypoints != nil {
		r.Devices = append(r.Devices, rack.Device{Name: paypointName, Driver: rack.Paypoints{Listener: b.paypoints}})
	}
	return r
}

// running is the rack, and what wakes it when something is plugged in.
func (b *Box) running(r *rack.Rack) part {
	return func(ctx context.Context) error {
		return all(ctx, r.Run, kit.Watcher(r, b.Log).Run)
	}
}

// printers are the printers among the devices as the spool prints on them.
func (b *Box) printers(floor *desk.Floor, measuring *anthropometry.Hall) (out []spool.Device) {
	for _, d := range b.devices {
		if d.Printer == nil {
			continue
		}
		out = append(out, spool.Device{Name: d.name, Printer: &slipPrinter{
			driver: d.Printer, composer: b.composer, floor: floor, measuring: measuring,
			layout: layout{centre: b.Centre, public: b.Web.Public, zone: pakistan, width: d.Printer.Profile.WidthDots, text: b.site.Text},
		}})
	}
	return out
}

// station is the instruments beside the desks.
func (b *Box) station(floor *desk.Floor) *station.Station {
	at := map[id.Desk]station.Instruments{}
	for _, own := range b.Desks {
		for _, name := range own.Devices {
			at[own.Code] = b.beside(at[own.Code], name)
		}
	}
	return station.New(floor, at, b.Log)
}

// beside adds a device to a desk; the first of each kind counts.
func (b *Box) beside(i station.Instruments, name string) station.Instruments {
	for _, d := range b.devices {
		switch {
		case d.config.Name != name:
		case d.Finger != nil && i.Fingers == nil:
			i.Fingers = &reader{d.name, d.Finger, b.Log.With("dev", d.config.Name)}
		case d.Scale != nil && i.Scale == nil:
			i.Scale = &pan{d.name, d.Scale}
		}
	}
	return i
}

// shownDevices is every device for the page of devices.
func (b *Box) shownDevices() (out []devices.Device) {
	for _, d := range b.devices {
		shown := devices.Device{Name: d.name, Class: d.Class, Model: d.Model, Wire: wireOf(d.config)}
		for _, f := range d.Facts() {
			if f.Key == kit.FactSerial {
				shown.Serial = f.Value
				continue
			}
			shown.Facts = append(shown.Facts, devices.Fact(f))
		}
		for _, own := range b.Desks {
			for _, name := range own.Devices {
				if name == d.config.Name {
					shown.Desks = append(shown.Desks, string(own.Code))
				}
			}
		}
		shown.Exchanges = exchanges(d.Device)
		out = append(out, shown)
	}
	return append(out, b.shownTerminals()...)
}

func wireOf(d Device) string {
	switch {
	case d.Serial != "":
		return d.Serial
	case d.USB != "":
		return "usb " + d.USB
	case d.Service != "":
		return "service " + d.Service
	}
	return d.TCP
}

func exchanges(d kit.Device) []devices.Exchange {
	list := []devices.Exchange{}
	if d.Ring == nil {
		return list
	}
	for _, e := range d.Ring.Last() {
		list = append(list, devices.Exchange{At: e.At, Sent: e.Dir == tape.Out, Hex: e.String()})
	}
	return list
}

// errTwice is reported when a desk has two instruments of one kind.
var errTwice = errors.New("a desk can have one of each kind; give the second to another desk")

// checkStations reports desks that could not tell which instrument is meant.
func (b *Box) checkStations() error {
	var faults []error
	for _, own := range b.Desks {
		seen := map[string]string{}
		for _, name := range own.Devices {
			for _, d := range b.devices {
				if d.config.Name != name {
					continue
				}
				if other := seen[d.Class]; other != "" {
					faults = append(faults, fmt.Errorf("desk %s: %s and %s: %w", own.Code, other, name, errTwice))
				}
				seen[d.Class] = name
			}
		}
	}
	return errors.Join(faults...)
}
