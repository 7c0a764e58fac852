package usb

import (
	"cmp"
	"errors"
	"slices"
)

var (
	// ErrPermission is returned by List when a printer is there but may not be opened.
	ErrPermission = errors.New("no permission to open the USB device")
	// ErrNoUSB is returned by List when this machine or this program has no USB at all.
	ErrNoUSB = errors.New("no USB on this machine")
)

// Device is one printer interface that is plugged in.
type Device struct {
	Path      string   `json:"path"` // bus and ports as the kernel names them: "1-2.4"; stays while the cable stays
	Address   int      `json:"address"`
	Vendor    uint16   `json:"vendor"`
	Product   uint16   `json:"product"`
	Serial    string   `json:"serial,omitempty"` // empty if the device has none or could not be opened
	Interface Printer  `json:"interface"`
	ID        DeviceID `json:"id"` // empty if the device did not tell
}

// Printer says where a printer interface takes and gives bytes.
type Printer struct {
	Config    int      `json:"config"`
	Number    int      `json:"number"`
	Alternate int      `json:"alternate"`
	Protocol  Protocol `json:"protocol"`
	Out       uint8    `json:"out"` // address of the bulk endpoint to the printer, 01 to 0F hex
	In        uint8    `json:"in"`  // address of the one from the printer, 81 to 8F hex; 0 if there is none
}

// Protocol is how a printer interface speaks. Source: Printer Class 1.1, section 4.2.3.
type Protocol uint8

// OneWay printers give no answers. Packets is IEEE 1284.4, which no receipt printer needs: listed, never preferred.
const (
	OneWay  Protocol = 1
	BothWay Protocol = 2
	Packets Protocol = 3
)

// setting is an alternate setting of an interface, as its descriptor gives it.
type setting struct {
	config, number, alternate int
	class, subClass, protocol uint8
	endpoints                 []endpoint
}

type endpoint struct {
	address uint8 // bit 7 set: to the host. USB 2.0 section 9.6.6
	bulk    bool
}

const (
	classPrinter    = 0x07
	subClassPrinter = 0x01
	directionIn     = 0x80
	endpointNumber  = 0x0f
)

// printers picks of each interface the alternate setting that is best to print through: both ways, else one way, else
// packets. Settings of another class or without a bulk endpoint to the printer are left out.
func printers(settings []setting) []Printer {
	var found []Printer
	for _, s := range settings {
		p, ok := s.printer()
		if !ok {
			continue
		}
		same := func(q Printer) bool { return q.Config == p.Config && q.Number == p.Number }
		switch i := slices.IndexFunc(found, same); {
		case i < 0:
			found = append(found, p)
		case p.Protocol.rank() > found[i].Protocol.rank():
			found[i] = p
		}
	}
	slices.SortFunc(found, func(a, b Printer) int {
		return cmp.Or(cmp.Compare(a.Config, b.Config), cmp.Compare(a.Number, b.Number))
	})
	return found
}

func (p Protocol) rank() int {
	switch p {
	case BothWay:
		return 2
	case OneWay:
		return 1
	}
	return 0
}

func (s setting) printer() (Printer, bool) {
	if s.class != classPrinter || s.subClass != subClassPrinter || s.protocol < 1 || s.protocol > 3 {
		return Printer{}, false
	}
	p := Printer{Config: s.config, Number: s.number, Alternate: s.alternate, Protocol: Protocol(s.protocol)}
	p.Out = s.lowestBulk(0)
	if p.Protocol != OneWay {
		p.In = s.lowestBulk(directionIn)
	}
	return p, p.Out != 0
}

// lowestBulk is the address of the first bulk endpoint of a direction, 0 if there is none. Descriptors arrive in any order.
func (s setting) lowestBulk(direction uint8) uint8 {
	var lowest uint8
	for _, e := range s.endpoints {
		fits := e.bulk && e.address&directionIn == direction && e.address&endpointNumber != 0
		if fits && (lowest == 0 || e.address < lowest) {
			lowest = e.address
		}
	}
	return lowest
}
