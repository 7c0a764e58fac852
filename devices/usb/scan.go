//go:build cgo

package usb

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/google/gousb"
)

// List describes the printers that are plugged in now, ordered by path. It blocks for 0.1 s, and for 0.5 s more for each
// printer that does not answer.
// With an error the devices are those that could be described, without what only an opened device tells.
// Errors: ErrPermission, ErrNoUSB.
func List() (devices []Device, err error) {
	ctx, err := newContext()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, ctx.Close()) }()
	s := scan{sysfs: "/sys/bus/usb/devices", silent: make(map[string]bool)}
	opened, openErr := ctx.OpenDevices(s.wants)
	for _, dev := range opened {
		s.ask(dev)
		err = errors.Join(err, dev.Close())
	}
	slices.SortFunc(s.found, func(a, b Device) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Interface.Number, b.Interface.Number))
	})
	return s.found, errors.Join(s.explain(openErr), err)
}

// newContext starts libusb. gousb panics where libusb reports that there is no USB file system.
func newContext() (ctx *gousb.Context, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("start libusb: %v: %w", r, ErrNoUSB)
		}
	}()
	return gousb.NewContext(), nil
}

// scan is one look over the bus.
type scan struct {
	sysfs  string
	found  []Device
	silent map[string]bool // paths of printers not opened yet
}

// wants is asked for every device on the bus and notes the printers among them.
func (s *scan) wants(desc *gousb.DeviceDesc) bool {
	path := devicePath(desc)
	interfaces := printers(settings(desc))
	for _, p := range interfaces {
		s.found = append(s.found, Device{
			Path: path, Address: desc.Address,
			Vendor: uint16(desc.Vendor), Product: uint16(desc.Product),
			Interface: p, ID: s.kernelID(path, p),
		})
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

func settings(desc *gousb.DeviceDesc) []setting {
	var all []setting
	for _, config := range desc.Configs {
		for _, face := range config.Interfaces {
			for _, alt := range face.AltSettings {
				all = append(all, plain(config.Number, alt))
			}
		}
	}
	return all
}

func plain(config int, alt gousb.InterfaceSetting) setting {
	s := setting{
		config: config, number: alt.Number, alternate: alt.Alternate,
		class: uint8(alt.Class), subClass: uint8(alt.SubClass), protocol: uint8(alt.Protocol),
	}
	for _, e := range alt.Endpoints {
		s.endpoints = append(s.endpoints, endpoint{uint8(e.Address), e.TransferType == gousb.TransferTypeBulk})
	}
	return s
}

// kernelID is the id that the kernel's printer driver read when it took the device. Its file holds no length bytes.
func (s *scan) kernelID(path string, p Printer) DeviceID {
	face := fmt.Sprintf("%s:%d.%d", path, p.Config, p.Number)
	text, err := os.ReadFile(filepath.Join(s.sysfs, face, "ieee1284_id"))
	if err != nil {
		return DeviceID{}
	}
	id, _ := parseFields(string(text[:min(len(text), deviceIDBytesMax)]))
	return id
}

// ask completes what was found on an opened device. A question that fails leaves its answer empty: most clones have no
// serial number, and a printer held by another program may not be asked for its id.
func (s *scan) ask(dev *gousb.Device) {
	path := devicePath(dev.Desc)
	delete(s.silent, path)
	dev.ControlTimeout = controlTimeout
	serial, _ := dev.SerialNumber()
	for i := range s.found {
		d := &s.found[i]
		if d.Path != path {
			continue
		}
		d.Serial = clean(serial)
		if d.ID.empty() {
			d.ID = askID(dev, d.Interface)
		}
	}
}

// askID sends GET_DEVICE_ID, Printer Class 1.1 section 4.2.1. wValue counts configurations from 0; receipt printers have
// one. The interface is not claimed: that would take it from whoever prints.
func askID(dev *gousb.Device, p Printer) DeviceID {
	const classRequestIn, getDeviceID = 0xa1, 0
	answer := make([]byte, deviceIDBytesMax)
	n, err := dev.Control(classRequestIn, getDeviceID, 0, uint16(p.Number<<8|p.Alternate), answer)
	if err != nil {
		return DeviceID{}
	}
	id, _ := ParseDeviceID(answer[:n])
	return id
}

// explain names the printers that could not be opened. gousb tells only the last of several causes.
func (s *scan) explain(cause error) error {
	if cause == nil {
		return nil
	}
	paths := strings.Join(slices.Sorted(maps.Keys(s.silent)), ", ")
	if paths == "" {
		return fmt.Errorf("read USB descriptors: %w", cause)
	}
	if errors.Is(cause, gousb.ErrorAccess) {
		cause = ErrPermission
	}
	return fmt.Errorf("open USB device %s: %w", paths, cause)
}
