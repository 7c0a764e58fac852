package plug

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Sys is the kernel's own tree of devices.
func Sys() fs.FS { return os.DirFS("/sys") }

// Device is one USB device that is plugged in, as the kernel tells of it. Hubs are left out.
type Device struct {
	Socket  string // bus and ports: "1-2.4"; stays while the cable stays
	Vendor  uint16
	Product uint16
	Serial  string  // empty if it has none
	Maker   string  // as the device says; may be empty
	Model   string  // as the device says; may be empty
	Classes []uint8 // of its interfaces: 07 printer, 02 modem, 08 storage, FF the maker's own
	Lines   []Line  // serial lines that it has become
}

// Line is one serial line of a USB device.
type Line struct {
	Node string // "/dev/ttyUSB0"
	Port int    // number of the interface it belongs to; an adapter with four sockets has four
}

// ID is how lists print vendor and product: "0403:6001".
func (d Device) ID() string { return fmt.Sprintf("%04x:%04x", d.Vendor, d.Product) }

// classHub is no device that anybody plugs in for its own sake. Source: USB class codes, usb.org.
const classHub = 0x09

// List is every USB device that is plugged in, by socket. A machine without USB has none. sys is Sys(), or a test's.
func List(sys fs.FS) ([]Device, error) {
	entries, err := fs.ReadDir(sys, "bus/usb/devices")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for USB devices: %w", err)
	}
	var all []Device
	for _, e := range entries {
		if d, ok := device(sys, e.Name()); ok {
			all = append(all, d)
		}
	}
	all = withInterfaces(sys, all, entries)
	if err := addLines(sys, all); err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b Device) int { return cmp.Compare(a.Socket, b.Socket) })
	for _, d := range all {
		slices.SortFunc(d.Lines, func(a, b Line) int {
			return cmp.Or(cmp.Compare(a.Port, b.Port), cmp.Compare(len(a.Node), len(b.Node)), cmp.Compare(a.Node, b.Node))
		})
	}
	return all, nil
}

// device reads one entry. Interfaces ("1-2:1.0") and root hubs ("usb1") are none. A device that is pulled out in this
// very moment loses its files one by one and is none either.
func device(sys fs.FS, name string) (Device, bool) {
	if strings.Contains(name, ":") || !strings.Contains(name, "-") {
		return Device{}, false
	}
	dir := path.Join("bus/usb/devices", name)
	vendor, okV := hex(sys, dir, "idVendor", 16)
	product, okP := hex(sys, dir, "idProduct", 16)
	class, _ := hex(sys, dir, "bDeviceClass", 8)
	if !okV || !okP || class == classHub {
		return Device{}, false
	}
	return Device{
		Socket: name, Vendor: uint16(vendor), Product: uint16(product),
		Serial: attribute(sys, dir, "serial"), Maker: attribute(sys, dir, "manufacturer"), Model: attribute(sys, dir, "product"),
	}, true
}

// withInterfaces adds what each device can do.
func withInterfaces(sys fs.FS, all []Device, entries []fs.DirEntry) []Device {
	for _, e := range entries {
		socket, _, isInterface := strings.Cut(e.Name(), ":")
		i := slices.IndexFunc(all, func(d Device) bool { return d.Socket == socket })
		if !isInterface || i < 0 {
			continue
		}
		if class, ok := hex(sys, path.Join("bus/usb/devices", e.Name()), "bInterfaceClass", 8); ok {
			all[i].Classes = append(all[i].Classes, uint8(class))
		}
	}
	return all
}

// addLines finds the serial lines of all.
func addLines(sys fs.FS, all []Device) error {
	entries, err := fs.ReadDir(sys, "class/tty")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look for serial lines: %w", err)
	}
	for _, e := range entries {
		socket, port, ok := owner(sys, e.Name())
		i := slices.IndexFunc(all, func(d Device) bool { return d.Socket == socket })
		if ok && i >= 0 {
			all[i].Lines = append(all[i].Lines, Line{Node: "/dev/" + e.Name(), Port: port})
		}
	}
	return nil
}

// owner climbs from a line to the USB device it belongs to. The link's text is climbed, not the file system, since ".."
// behind a symlink is somewhere else.
func owner(sys fs.FS, tty string) (socket string, port int, ok bool) {
	target, err := fs.ReadLink(sys, path.Join("class/tty", tty))
	if err != nil {
		return "", 0, false
	}
	for dir := path.Join("class/tty", target); dir != "." && dir != "/"; dir = path.Dir(dir) {
		if n, found := hex(sys, dir, "bInterfaceNumber", 8); found {
			port = int(n)
		}
		if _, found := hex(sys, dir, "idVendor", 16); found {
			return path.Base(dir), port, true
		}
	}
	return "", 0, false
}

func hex(sys fs.FS, dir, name string, bits int) (uint64, bool) {
	n, err := strconv.ParseUint(attribute(sys, dir, name), 16, bits)
	return n, err == nil
}

// attribute is one file's text, as far as a terminal and a log can show it; empty when there is none.
func attribute(sys fs.FS, dir, name string) string {
	f, err := sys.Open(path.Join(dir, name))
	if err != nil {
		return ""
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, attributeBytesMax))
	if err != nil {
		return ""
	}
	printable := func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}
	return strings.TrimSpace(strings.Map(printable, strings.ToValidUTF8(string(b), "")))
}
