package usb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"markaz.example/devices/port"
)

// Bus is where a Server finds and opens devices. The handles of one Bus may be used at the same time.
type Bus interface {
	// List describes printers, and every interface of the devices whose ids are in raw, ordered by path and number.
	// With an error the devices are those that could be described, without what only an opened device tells.
	// Errors: ErrPermission, ErrNoUSB.
	List(ctx context.Context, raw []ID) ([]Device, error)
	// Open takes an interface that List described. Errors: port.ErrGone, port.ErrBusy, ErrPermission.
	Open(ctx context.Context, d Device) (Handle, error)
}

// ErrSeveral: more than one device fits a Selector.
var ErrSeveral = errors.New("several USB devices fit; choose one by its path or its serial number")

// Selector says which device is meant. All that is set must fit; the zero Selector fits the only printer there is.
// A raw interface is opened only by its IDs, so that no mistake takes a disk away from the kernel.
type Selector struct {
	Path   string // "1-2.4", at most 255 bytes
	Serial string // of the device's own descriptor, at most 255 bytes
	IDs    []ID   // any of them; at most 16
}

// String is for people: "path 1-2.4, serial number J3X0, 04b8:0202".
func (s Selector) String() string {
	var parts []string
	if s.Path != "" {
		parts = append(parts, "path "+s.Path)
	}
	if s.Serial != "" {
		parts = append(parts, "serial number "+s.Serial)
	}
	ids := make([]string, len(s.IDs))
	for i, id := range s.IDs {
		ids[i] = id.String()
	}
	if len(ids) > 0 {
		parts = append(parts, strings.Join(ids, " or "))
	}
	if len(parts) == 0 {
		return "the only one"
	}
	return strings.Join(parts, ", ")
}

// ParseSelector reads how a configuration names a device: "" or "only" for the only printer, "1-2.4" for a path,
// "05ba:000a" for a vendor and product, anything else for a serial number; "serial=" before it forces that.
func ParseSelector(text string) (Selector, error) {
	if len(text) > selectorBytesMax || text != Printable(text) {
		return Selector{}, fmt.Errorf("USB device %q: write its path, its vendor:product or its serial number", text)
	}
	if serial, ok := strings.CutPrefix(text, "serial="); ok && serial != "" {
		return Selector{Serial: serial}, nil
	}
	if id, err := ParseID(text); err == nil {
		return Selector{IDs: []ID{id}}, nil
	}
	switch {
	case text == "" || text == "only":
		return Selector{}, nil
	case isPath(text):
		return Selector{Path: text}, nil
	}
	return Selector{Serial: text}, nil
}

// isPath tells a path from a serial number: a bus, a hyphen, and ports with dots between them. A short serial number
// made only of digits and one hyphen is taken for a path; "serial=" is for those.
func isPath(s string) bool {
	bus, ports, ok := strings.Cut(s, "-")
	return ok && number(bus) && !slices.ContainsFunc(strings.Split(ports, "."), func(p string) bool { return !number(p) })
}

func number(s string) bool {
	return len(s) > 0 && len(s) <= 3 && strings.Trim(s, "0123456789") == ""
}

func (s Selector) fits(d Device, kind Kind) bool {
	return d.Kind == kind &&
		(s.Path == "" || s.Path == d.Path) &&
		(s.Serial == "" || s.Serial == d.Serial) &&
		(len(s.IDs) == 0 || slices.Contains(s.IDs, d.USBID()))
}

// pick is the one device that is meant, by its lowest interface. listed is what List said beside the devices: often the
// reason why the right one is not among them.
func (s Selector) pick(devices []Device, kind Kind, listed error) (Device, error) {
	var fitting []Device
	var paths []string
	for _, d := range devices {
		if s.fits(d, kind) {
			fitting = append(fitting, d)
			paths = append(paths, d.Path)
		}
	}
	switch paths = slices.Compact(paths); {
	case len(paths) > 1:
		return Device{}, fmt.Errorf("%w: at %s", ErrSeveral, strings.Join(paths, ", "))
	case len(paths) == 1:
		return fitting[0], nil
	case listed != nil:
		return Device{}, listed
	}
	return Device{}, fmt.Errorf("nothing that fits is plugged in: %w", port.ErrGone)
}
