package workshop

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"markaz.example/devices/plug"
	"markaz.example/devices/port"
	"markaz.example/devices/profile"
)

// Row is one device that is configured, plugged in, or both.
type Row struct {
	Name    string // in the configuration; empty for what is only plugged in
	Kind    string // its class, or what USB says: "printer", "serial line"; empty when nobody knows
	Profile string
	Wire    string // as the configuration says; for what is only plugged in, what it could say
	Node    string // "/dev/ttyUSB0"; empty without a serial line
	Socket  string // USB socket: "1-2.4"; empty when it is on none
	ID      string // vendor and product: "0403:6001"
	Label   string // maker and model, as the device says
	Serial  string
	Trouble error // why it cannot be found
}

// List shows every configured device with what is plugged in for it, then everything else that is plugged in.
func (w *Workshop) List() ([]Row, error) {
	sys := w.Sys
	if sys == nil {
		sys = plug.Sys()
	}
	there, err := plug.List(sys)
	if err != nil {
		return nil, err
	}
	var rows []Row
	taken := map[string]bool{} // nodes
	for _, d := range w.Devices {
		r := w.row(d, there)
		taken[r.Node] = r.Node != ""
		rows = append(rows, r)
	}
	for _, d := range there {
		rows = append(rows, strangers(d, there, taken)...)
	}
	return rows, nil
}

func (w *Workshop) row(d Device, there []plug.Device) Row {
	r := Row{Name: d.Name, Profile: d.Profile, Wire: d.Wire.Serial}
	r.Kind, r.Trouble = profile.Class(w.Profiles, d.Profile)
	if d.Wire.Serial == "" {
		r.Wire = d.Wire.TCP
		return r
	}
	where, err := plug.ParseWhere(d.Wire.Serial)
	if err == nil {
		r.Node, err = find(there, where)
	}
	r.Trouble = errors.Join(r.Trouble, err)
	for _, usb := range there {
		if slices.ContainsFunc(usb.Lines, func(l plug.Line) bool { return l.Node == r.Node }) {
			r.fill(usb)
		}
	}
	return r
}

// find follows a symlink to the node, which is what the kernel calls the line.
func find(there []plug.Device, where plug.Where) (string, error) {
	if where.Node == "" {
		return plug.FindAmong(there, where)
	}
	node, err := filepath.EvalSymlinks(where.Node)
	if err != nil {
		return "", fmt.Errorf("%w: %w", port.ErrGone, err)
	}
	return node, nil
}

func (r *Row) fill(d plug.Device) {
	r.Socket, r.ID, r.Serial, r.Label = d.Socket, d.ID(), d.Serial, d.Maker
	if d.Model != "" {
		if r.Label != "" {
			r.Label += " "
		}
		r.Label += d.Model
	}
}

// strangers is what of a device nobody has configured: each of its lines, or the device if it has none.
func strangers(d plug.Device, there []plug.Device, taken map[string]bool) (rows []Row) {
	var r Row
	r.fill(d)
	if len(d.Lines) == 0 {
		r.Kind = kindOf(d.Classes)
		return []Row{r}
	}
	for i, l := range d.Lines {
		if taken[l.Node] {
			continue
		}
		r.Kind, r.Node, r.Wire = "serial line", l.Node, suggest(d, i, there)
		rows = append(rows, r)
	}
	return rows
}

// suggest is how the line could be configured so that it is found again: by serial number if no other has it.
func suggest(d plug.Device, line int, there []plug.Device) string {
	where := plug.Where{Socket: d.Socket}
	same := 0
	for _, o := range there {
		if o.Serial == d.Serial {
			same++
		}
	}
	if d.Serial != "" && same == 1 {
		where = plug.Where{Serial: d.Serial}
	}
	if len(d.Lines) > 1 {
		where.Port = line + 1
	}
	text := where.String()
	if again, err := plug.ParseWhere(text); err != nil || again != where { // a serial number with a comma in it
		return plug.Where{Socket: d.Socket, Port: where.Port}.String()
	}
	return text
}

// kindOf is what a device without a serial line is for. Source: USB class codes, usb.org.
func kindOf(classes []uint8) string {
	for _, k := range []struct {
		class uint8
		name  string
	}{{0x07, "printer"}, {0x08, "storage"}, {0x03, "keyboard or mouse"}, {0x0e, "camera"}, {0x0b, "card reader"}, {0x02, "modem"}} {
		if slices.Contains(classes, k.class) {
			return k.name
		}
	}
	return ""
}
