package usb

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

var (
	// ErrPermission: a device is there but may not be opened.
	ErrPermission = errors.New("no permission to open the USB device")
	// ErrNoUSB: this machine or this program has no USB at all.
	ErrNoUSB = errors.New("no USB on this machine")
)

// Device is one interface that is plugged in and that somebody may want to open.
type Device struct {
	Path      string   `json:"path"` // bus and ports as the kernel names them: "1-2.4"; stays while the cable stays
	Address   int      `json:"address"`
	Vendor    uint16   `json:"vendor"`
	Product   uint16   `json:"product"`
	Serial    string   `json:"serial,omitempty"` // empty if the device has none or could not be opened
	Kind      Kind     `json:"kind"`
	Interface Setting  `json:"interface"`
	ID        DeviceID `json:"id"` // of a printer; empty if it did not tell
}

// USBID is the device's vendor and product.
func (d Device) USBID() ID { return ID{d.Vendor, d.Product} }

// Kind is why an interface was found.
type Kind string

// A Print interface is of the printer class, a Raw one belongs to a device that was asked for by vendor and product.
const (
	Print Kind = "printer"
	Raw   Kind = "raw"
)

// ID is a vendor and a product number, written "05ba:000a".
type ID struct{ Vendor, Product uint16 }

func (id ID) String() string { return fmt.Sprintf("%04x:%04x", id.Vendor, id.Product) }

// ParseID reads what String writes; letters may be capitals.
func ParseID(s string) (ID, error) {
	b, err := hex.DecodeString(strings.Replace(s, ":", "", 1))
	if err != nil || len(b) != 4 || strings.IndexByte(s, ':') != 4 {
		return ID{}, fmt.Errorf("USB id %q is not four hexadecimal digits, a colon and four more, as in 05ba:000a", s)
	}
	return ID{uint16(b[0])<<8 | uint16(b[1]), uint16(b[2])<<8 | uint16(b[3])}, nil
}

// MarshalText is String.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText is ParseID.
func (id *ID) UnmarshalText(text []byte) (err error) {
	*id, err = ParseID(string(text))
	return err
}

// Setting is an alternate setting of an interface, as its descriptor gives it.
type Setting struct {
	Config    int        `json:"config"`
	Number    int        `json:"number"`
	Alternate int        `json:"alternate"`
	Class     uint8      `json:"class"`
	SubClass  uint8      `json:"subclass"`
	Protocol  Protocol   `json:"protocol"`
	Endpoints []Endpoint `json:"endpoints"` // bulk and interrupt ones, in any order
}

// Protocol is how an interface speaks, within its class.
type Protocol uint8

// Of printers. OneWay ones give no answers. Packets is IEEE 1284.4, which no receipt printer needs: listed, never
// preferred. Source: Printer Class 1.1, section 4.2.3.
const (
	OneWay  Protocol = 1
	BothWay Protocol = 2
	Packets Protocol = 3
)

const (
	classPrinter    = 0x07
	subClassPrinter = 0x01
	directionIn     = 0x80
	endpointNumber  = 0x0f
)

// Pipes are the endpoints through which a printer takes and gives bytes: the bulk endpoint with the lowest address of each
// direction, 0 for none. ok is false for an interface that is no printer or has no way to it.
func (s Setting) Pipes() (out, in uint8, ok bool) {
	if s.Class != classPrinter || s.SubClass != subClassPrinter || s.Protocol < OneWay || s.Protocol > Packets {
		return 0, 0, false
	}
	if s.Protocol != OneWay {
		in = s.lowestBulk(directionIn)
	}
	out = s.lowestBulk(0)
	return out, in, out != 0
}

func (s Setting) lowestBulk(direction uint8) uint8 {
	var lowest uint8
	for _, e := range s.Endpoints {
		fits := e.Transfer == Bulk && e.Address&directionIn == direction && e.Address&endpointNumber != 0
		if fits && (lowest == 0 || e.Address < lowest) {
			lowest = e.Address
		}
	}
	return lowest
}

// packet is the size of an endpoint's packets in bytes, false if there is no such endpoint.
func (s Setting) packet(endpoint uint8) (int, bool) {
	for _, e := range s.Endpoints {
		if e.Address == endpoint {
			return max(e.Packet, 1), true
		}
	}
	return 0, false
}

// Describe returns one Device for each interface that can be used, by its number: of each the alternate setting that is
// best to print through (both ways, else one way, else packets), and when the device is one of raw, its other interfaces
// in their first setting with endpoints. d is what all of them share.
func Describe(d Device, all []Setting, raw []ID) []Device {
	var found []Device
	for _, s := range all {
		_, _, printer := s.Pipes()
		if !printer && !slices.Contains(raw, d.USBID()) {
			continue
		}
		d.Interface, d.Kind = s, Raw
		if printer {
			d.Kind = Print
		}
		same := func(o Device) bool { return o.Interface.Config == s.Config && o.Interface.Number == s.Number }
		switch i := slices.IndexFunc(found, same); {
		case i < 0:
			found = append(found, d)
		case rank(d) > rank(found[i]):
			found[i] = d
		}
	}
	slices.SortFunc(found, func(a, b Device) int {
		return cmp.Or(cmp.Compare(a.Interface.Config, b.Interface.Config), cmp.Compare(a.Interface.Number, b.Interface.Number))
	})
	return found
}

// rank orders the settings of one interface; of equals the first stays.
func rank(d Device) int {
	switch {
	case d.Kind == Print && d.Interface.Protocol == BothWay:
		return 4
	case d.Kind == Print && d.Interface.Protocol == OneWay:
		return 3
	case d.Kind == Print:
		return 2
	case len(d.Interface.Endpoints) > 0:
		return 1
	}
	return 0
}
