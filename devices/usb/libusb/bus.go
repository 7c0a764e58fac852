//go:build cgo

package libusb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/google/gousb"

	"markaz.example/devices/usb"
)

// Bus is what is plugged into this machine.
type Bus struct{}

// List describes what is plugged in now. It blocks for 0.1 s, and for 0.5 s more for each device that does not answer; the
// context cannot shorten that.
func (Bus) List(_ context.Context, raw []usb.ID) (devices []usb.Device, err error) {
	ctx, err := newContext()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, ctx.Close()) }()
	s := scan{raw: raw, sysfs: "/sys/bus/usb/devices", silent: make(map[string]bool)}
	opened, openErr := ctx.OpenDevices(s.wants)
	for _, dev := range opened {
		s.ask(dev)
		err = errors.Join(err, dev.Close())
	}
	slices.SortFunc(s.found, func(a, b usb.Device) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Interface.Number, b.Interface.Number))
	})
	return s.found, errors.Join(s.explain(openErr), err)
}

// newContext starts libusb. gousb panics where libusb reports that there is no USB file system.
func newContext() (ctx *gousb.Context, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("start libusb: %v: %w", r, usb.ErrNoUSB)
		}
	}()
	return gousb.NewContext(), nil
}

// scan is one look over the bus.
type scan struct {
	raw    []usb.ID
	sysfs  string
	found  []usb.Device
	silent map[string]bool // paths of devices not opened yet
}

// wants is asked for every device on the bus and notes those that can be used.
func (s *scan) wants(desc *gousb.DeviceDesc) bool {
	path := devicePath(desc)
	about := usb.Device{Path: path, Address: desc.Address, Vendor: uint16(desc.Vendor), Product: uint16(desc.Product)}
	interfaces := usb.Describe(about, settings(desc), s.raw)
	for _, d := range interfaces {
		if d.Kind == usb.Print {
			d.ID = s.kernelID(d)
		}
		s.found = append(s.found, d)
		s.silent[path] = true
	}
	return len(interfaces) > 0
}

// devicePath names a device as the kernel does in /sys/bus/usb/devices.
func devicePath(desc *gousb.DeviceDesc) string {
	ports := make([]string, len(desc.Path))
	for i, port := range desc.Path {
		ports[i] = strconv.Itoa(port)
	}
	return strconv.Itoa(desc.Bus) + "-" + strings.Join(ports, ".")
}

func settings(desc *gousb.DeviceDesc) []usb.Setting {
	var all []usb.Setting
	for _, config := range slices.Sorted(maps.Keys(desc.Configs)) {
		for _, face := range desc.Configs[config].Interfaces {
			for _, alt := range face.AltSettings {
				all = append(all, plain(config, alt))
			}
		}
	}
	return all
}

// plain leaves out endpoints that no device of a centre uses: isochronous ones, and the control endpoint.
func plain(config int, alt gousb.InterfaceSetting) usb.Setting {
	s := usb.Setting{
		Config: config, Number: alt.Number, Alternate: alt.Alternate,
		Class: uint8(alt.Class), SubClass: uint8(alt.SubClass), Protocol: usb.Protocol(alt.Protocol),
	}
	for _, address := range slices.Sorted(maps.Keys(alt.Endpoints)) {
		e := alt.Endpoints[address]
		switch e.TransferType {
		case gousb.TransferTypeBulk:
			s.Endpoints = append(s.Endpoints, usb.Endpoint{Address: uint8(address), Transfer: usb.Bulk, Packet: e.MaxPacketSize})
		case gousb.TransferTypeInterrupt:
			s.Endpoints = append(s.Endpoints, usb.Endpoint{Address: uint8(address), Transfer: usb.Interrupt, Packet: e.MaxPacketSize})
		}
	}
	return s
}

// kernelID is the id that the kernel's printer driver read when it took the device. Its file holds no length bytes.
func (s *scan) kernelID(d usb.Device) usb.DeviceID {
	face := fmt.Sprintf("%s:%d.%d", d.Path, d.Interface.Config, d.Interface.Number)
	text, err := os.ReadFile(filepath.Join(s.sysfs, face, "ieee1284_id"))
	if err != nil {
		return usb.DeviceID{}
	}
	id, _ := usb.ParseDeviceIDText(string(text))
	return id
}

// ask completes what was found on an opened device. A question that fails leaves its answer empty: most clones have no
// serial number, and a printer held by another program may not be asked for its id.
func (s *scan) ask(dev *gousb.Device) {
	path := devicePath(dev.Desc)
	delete(s.silent, path)
	dev.ControlTimeout = askTimeout
	serial, _ := dev.SerialNumber()
	for i := range s.found {
		d := &s.found[i]
		if d.Path != path {
			continue
		}
		d.Serial = usb.Printable(serial)
		if d.Kind == usb.Print && d.ID.Empty() {
			d.ID = askID(dev, d.Interface)
		}
	}
}

// askID sends GET_DEVICE_ID, Printer Class 1.1 section 4.2.1. wValue counts configurations from 0; receipt printers have
// one. The interface is not claimed: that would take it from whoever prints.
func askID(dev *gousb.Device, face usb.Setting) usb.DeviceID {
	const classRequestIn, getDeviceID = 0xa1, 0
	answer := make([]byte, idBytesMax)
	n, err := dev.Control(classRequestIn, getDeviceID, 0, uint16(face.Number<<8|face.Alternate), answer)
	if err != nil {
		return usb.DeviceID{}
	}
	id, _ := usb.ParseDeviceID(answer[:n])
	return id
}

// explain names the devices that could not be opened. gousb tells only the last of several causes.
func (s *scan) explain(cause error) error {
	if cause == nil {
		return nil
	}
	paths := strings.Join(slices.Sorted(maps.Keys(s.silent)), ", ")
	if paths == "" {
		return fmt.Errorf("read USB descriptors: %w", cause)
	}
	if errors.Is(cause, gousb.ErrorAccess) {
		cause = usb.ErrPermission
	}
	return fmt.Errorf("open USB device %s: %w", paths, cause)
}
