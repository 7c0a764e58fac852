package usb

import (
	"encoding/binary"
	"errors"
	"strings"
	"unicode"
)

// ErrDeviceID is returned by ParseDeviceID for bytes without a single field.
var ErrDeviceID = errors.New("not an IEEE 1284 device id")

// DeviceID is what a printer says of itself. Any field may be empty; printable, as the maker wrote it.
type DeviceID struct {
	Manufacturer string   `json:"manufacturer,omitempty"`
	Model        string   `json:"model,omitempty"`
	Description  string   `json:"description,omitempty"`
	Class        string   `json:"class,omitempty"` // "PRINTER"
	Serial       string   `json:"serial,omitempty"`
	Commands     []string `json:"commands,omitempty"` // languages: "ESC/POS", "EPSON"
}

// Empty reports that the device told nothing by which a person would know it.
func (id DeviceID) Empty() bool {
	return id.Manufacturer == "" && id.Model == "" && id.Description == "" && len(id.Commands) == 0
}

func (id *DeviceID) clean() {
	for _, field := range []*string{&id.Manufacturer, &id.Model, &id.Description, &id.Class, &id.Serial} {
		*field = Printable(*field)
	}
	for i, command := range id.Commands {
		id.Commands[i] = Printable(command)
	}
}

// ParseDeviceID reads the answer to GET_DEVICE_ID: two bytes of length, then "KEY:value;" fields.
// Printers count the length with or without its own two bytes, the high byte first or last, and some cut the end off; all
// are read. Errors: ErrDeviceID.
func ParseDeviceID(raw []byte) (DeviceID, error) {
	if len(raw) < 2 {
		return DeviceID{}, ErrDeviceID
	}
	raw = raw[:min(len(raw), deviceIDBytesMax)]
	return ParseDeviceIDText(string(raw[2:deviceIDEnd(raw)]))
}

// deviceIDEnd is where the text ends by the length that is possible, at the latest reading of it: two bytes too many hold
// no field and are dropped, two bytes too few would cut a model's name.
func deviceIDEnd(raw []byte) int {
	for _, length := range []int{int(binary.BigEndian.Uint16(raw)), int(binary.LittleEndian.Uint16(raw))} {
		if length > 2 && length <= len(raw) {
			return min(length+2, len(raw))
		}
	}
	return len(raw)
}

// ParseDeviceIDText reads an id without its two bytes of length, as the kernel shows it. Errors: ErrDeviceID.
func ParseDeviceIDText(text string) (DeviceID, error) {
	var id DeviceID
	known := 0
	text = text[:min(len(text), deviceIDBytesMax)]
	for i, field := range strings.SplitN(text, ";", deviceIDFieldsMax+1) {
		key, value, ok := strings.Cut(field, ":")
		if ok && i < deviceIDFieldsMax && id.set(Printable(key), Printable(value)) {
			known++
		}
	}
	if known == 0 {
		return DeviceID{}, ErrDeviceID
	}
	return id, nil
}

// set keeps a field under its short or its long key, IEEE 1284 section 7.6, and reports whether it has one.
func (id *DeviceID) set(key, value string) bool {
	switch strings.ToUpper(key) {
	case "MFG", "MANUFACTURER":
		id.Manufacturer = value
	case "MDL", "MODEL":
		id.Model = value
	case "DES", "DESCRIPTION":
		id.Description = value
	case "CLS", "CLASS":
		id.Class = value
	case "SN", "SERN", "SERIALNUMBER":
		id.Serial = value
	case "CMD", "COMMAND SET":
		id.Commands = splitCommands(value)
	default:
		return false
	}
	return true
}

func splitCommands(value string) []string {
	var commands []string
	for _, c := range strings.Split(value, ",") {
		if c = strings.TrimSpace(c); c != "" {
			commands = append(commands, c)
		}
	}
	return commands
}

// Printable keeps what a terminal and a log can show.
func Printable(s string) string {
	printable := func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}
	return strings.TrimSpace(strings.Map(printable, strings.ToValidUTF8(s, "")))
}
