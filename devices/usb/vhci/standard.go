package vhci

import (
	"encoding/binary"
	"unicode/utf16"

	"markaz.example/devices/usb"
)

// Standard requests. Source: USB 2.0 table 9-4.
const (
	getStatus, clearFeature, setFeature          = 0, 1, 3
	getDescriptor, getConfiguration, setConfigur = 6, 8, 9
	getInterface, setInterface                   = 10, 11
)

// standard answers the requests that every device answers alike. A request with nothing to answer is agreed to.
func (d Descriptors) standard(r usb.Request) ([]byte, error) {
	switch r.Code {
	case getStatus:
		return []byte{1, 0}, nil // self-powered
	case clearFeature, setFeature, setConfigur, setInterface:
		return nil, nil
	case getConfiguration:
		return []byte{1}, nil
	case getInterface:
		return []byte{0}, nil
	case getDescriptor:
		return d.descriptor(uint8(r.Value>>8), uint8(r.Value))
	}
	return nil, usb.ErrStall
}

func (d Descriptors) descriptor(kind, number uint8) ([]byte, error) {
	switch {
	case kind == descDevice:
		return d.Device, nil
	case kind == descConfig && number == 0:
		return d.Config, nil
	case kind == descString && number == 0:
		return []byte{4, descString, 0x09, 0x04}, nil // the one language is English
	case kind == descString && int(number) <= len(d.Strings):
		return stringDescriptor(d.Strings[number-1]), nil
	}
	return nil, usb.ErrStall
}

// stringDescriptor holds at most 126 code units: its length is one byte.
func stringDescriptor(s string) []byte {
	const unitsMax = 126
	units := utf16.Encode([]rune(s))
	units = units[:min(len(units), unitsMax)]
	b := []byte{byte(2 + 2*len(units)), descString}
	for _, u := range units {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}
