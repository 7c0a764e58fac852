package plug

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Actions of an Event that matter to who waits for a device. There are others, such as "change" and "unbind".
const (
	Add    = "add"    // the kernel met it
	Bind   = "bind"   // a driver took it: its device nodes are there now
	Remove = "remove" // it is gone
	Rescan = "rescan" // not from the kernel: messages were lost or cannot be had, so look around
)

// Event is one thing that the kernel says about one device. All but Action may be empty.
type Event struct {
	Action    string
	Subsystem string // "usb", "tty"
	DevType   string // "usb_device", "usb_interface"
	DevPath   string // in sysfs: "/devices/pci0000:00/0000:00:14.0/usb1/1-2"
	DevName   string // below /dev: "ttyUSB0", "bus/usb/001/005"
	Vendor    uint16 // of a USB device
	Product   uint16
}

// ErrEvent is returned by ParseEvent for bytes that are no message of the kernel.
var ErrEvent = errors.New("not a kernel uevent")

// ParseEvent reads one message: "add@/devices/...", then KEY=value, each ended by a zero byte. Keys that are not known
// are passed over. Errors: ErrEvent.
func ParseEvent(b []byte) (Event, error) {
	head, rest, _ := bytes.Cut(b, []byte{0})
	action, path, ok := strings.Cut(string(head), "@")
	if !ok || action == "" || !strings.HasPrefix(path, "/") || len(b) > eventBytesMax {
		return Event{}, ErrEvent
	}
	e := Event{Action: action, DevPath: path}
	for field := range bytes.SplitSeq(rest, []byte{0}) {
		if key, value, ok := strings.Cut(string(field), "="); ok {
			e.set(key, value)
		}
	}
	return e, nil
}

// set keeps one field. A product is vendor/product/version in hex without leading zeros.
func (e *Event) set(key, value string) {
	switch key {
	case "SUBSYSTEM":
		e.Subsystem = value
	case "DEVTYPE":
		e.DevType = value
	case "DEVNAME":
		e.DevName = value
	case "PRODUCT":
		vendor, rest, _ := strings.Cut(value, "/")
		product, _, _ := strings.Cut(rest, "/")
		v, errV := strconv.ParseUint(vendor, 16, 16)
		p, errP := strconv.ParseUint(product, 16, 16)
		if errV == nil && errP == nil {
			e.Vendor, e.Product = uint16(v), uint16(p)
		}
	}
}

// Arrives reports whether something that a driver waits for may be there now: a line, a USB device, or anything at all
// after lost messages.
func (e Event) Arrives() bool {
	switch e.Action {
	case Rescan:
		return true
	case Add, Bind:
		return e.Subsystem == "tty" || e.Subsystem == "usb" || e.Subsystem == "usbmisc"
	}
	return false
}

// String is for logs.
func (e Event) String() string {
	s := e.Action
	for _, part := range []string{e.Subsystem, e.DevName, e.DevPath} {
		if part != "" {
			s += " " + part
		}
	}
	if e.Vendor != 0 {
		s += fmt.Sprintf(" %04x:%04x", e.Vendor, e.Product)
	}
	return s
}
