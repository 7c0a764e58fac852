package plug

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"markaz.example/devices/port"
)

// Where says which device is meant, whatever the kernel calls it today. All that is given must hold.
type Where struct {
	Node    string // a device node or a symlink to one, "/dev/markaz/printer-1": nothing is looked for; or
	Serial  string // the USB serial number: the device, in any socket
	Socket  string // bus and ports, "1-2.4": whatever is in that socket
	Product string // vendor and product, "1a86:7523": the only one of its kind
	Port    int    // 1 and up: that line of an adapter with several, counted from 1; 0 means that it has only one
}

// ErrWhere is returned by ParseWhere.
var ErrWhere = errors.New(`say where as a device node, "/dev/markaz/printer-1", or as "usb:" with serial=, socket=, product= or port=, separated by commas`)

// ErrAmbiguous is returned by Find when more than one line fits; the text names their sockets.
var ErrAmbiguous = errors.New("more than one device fits")

// ParseWhere reads what stands in a configuration: "/dev/ttyS0", "usb:serial=A50285BI", "usb:product=1a86:7523,socket=1-2.4".
// Errors: ErrWhere.
func ParseWhere(text string) (Where, error) {
	list, isUSB := strings.CutPrefix(text, "usb:")
	if !isUSB {
		if !strings.HasPrefix(text, "/") {
			return Where{}, fmt.Errorf("%q: %w", text, ErrWhere)
		}
		return Where{Node: text}, nil
	}
	var w Where
	for field := range strings.SplitSeq(list, ",") {
		key, value, _ := strings.Cut(field, "=")
		if value == "" || !w.set(key, value) {
			return Where{}, fmt.Errorf("%q: %q: %w", text, field, ErrWhere)
		}
	}
	return w, nil
}

// set reports whether it knows the key, and met it for the first time.
func (w *Where) set(key, value string) bool {
	switch {
	case key == "serial" && w.Serial == "":
		w.Serial = value
	case key == "socket" && w.Socket == "":
		w.Socket = value
	case key == "product" && w.Product == "" && validID(value):
		w.Product = value
	case key == "port" && w.Port == 0:
		n, err := strconv.Atoi(value)
		w.Port = n
		return err == nil && n >= 1 && n <= portMax+1
	default:
		return false
	}
	return true
}

// validID wants both numbers as lists print them: four hex digits each, small letters.
func validID(s string) bool {
	vendor, product, ok := strings.Cut(s, ":")
	return ok && isHex(vendor) && isHex(product)
}

func isHex(s string) bool {
	return len(s) == 4 && strings.Trim(s, "0123456789abcdef") == ""
}

// String is the text that ParseWhere reads.
func (w Where) String() string {
	if w.Node != "" {
		return w.Node
	}
	var parts []string
	for _, p := range []struct{ key, value string }{{"product", w.Product}, {"serial", w.Serial}, {"socket", w.Socket}} {
		if p.value != "" {
			parts = append(parts, p.key+"="+p.value)
		}
	}
	if w.Port != 0 {
		parts = append(parts, fmt.Sprintf("port=%d", w.Port))
	}
	return "usb:" + strings.Join(parts, ",")
}

// Fits reports whether a device may be meant.
func (w Where) Fits(d Device) bool {
	return w.Node == "" && w != (Where{}) &&
		(w.Serial == "" || w.Serial == d.Serial) &&
		(w.Socket == "" || w.Socket == d.Socket) &&
		(w.Product == "" || w.Product == d.ID())
}

// Find is the node of the serial line that is meant, "/dev/ttyUSB1". Errors: port.ErrGone when it is not plugged in,
// ErrAmbiguous when more than one fits. sys is Sys(), or a test's.
func Find(sys fs.FS, w Where) (string, error) {
	if w.Node != "" {
		return w.Node, nil
	}
	devices, err := List(sys)
	if err != nil {
		return "", err
	}
	return FindAmong(devices, w)
}

// FindAmong is Find among devices that were listed before. It does not know a Node.
func FindAmong(devices []Device, w Where) (string, error) {
	var fits []string // sockets, each with what tells its lines apart
	var node string
	for _, d := range devices {
		for i, l := range d.Lines {
			if !w.Fits(d) || w.Port != 0 && w.Port != i+1 {
				continue
			}
			node, fits = l.Node, append(fits, fmt.Sprintf("%s in socket %s, port %d", d.ID(), d.Socket, i+1))
		}
	}
	switch len(fits) {
	case 0:
		return "", fmt.Errorf("no serial line for %s is plugged in: %w", w, port.ErrGone)
	case 1:
		return node, nil
	}
	return "", fmt.Errorf("%s: %w: %s; add socket= or port= to say which", w, ErrAmbiguous, strings.Join(fits, "; "))
}
