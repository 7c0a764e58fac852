package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"markaz.example/devices/usb"
)

func epson() usb.Device {
	return usb.Device{
		Path: "1-2.4", Address: 5, Vendor: 0x04b8, Product: 0x0202, Serial: "J3X0",
		Interface: usb.Printer{Config: 1, Protocol: usb.BothWay, Out: 2, In: 0x81},
		ID:        usb.DeviceID{Manufacturer: "EPSON", Model: "TM-T20II"},
	}
}

func TestList(t *testing.T) {
	clone := usb.Device{Path: "1-3", Vendor: 0x0416, Product: 0x5011, Interface: usb.Printer{Protocol: usb.OneWay, Out: 1}}
	refused := fmt.Errorf("open USB device 1-3: %w", usb.ErrPermission)
	const table = "PATH   USB ID     MAKER  MODEL     SERIAL  ANSWERS\n" +
		"1-2.4  04b8:0202  EPSON  TM-T20II  J3X0    yes\n" +
		"1-3    0416:5011  -      -         -       no\n"
	tests := []struct {
		name    string
		args    string
		devices []usb.Device
		err     error
		code    int
		out     string
		errs    string // a part of what is told as error
	}{
		{"none", "list", nil, nil, 0, "No USB printer is plugged in. Check its power and its cable, then look again.\n", ""},
		{"none for a program", "list --json", nil, nil, 0, "[]\n", ""},
		{"two", "list", []usb.Device{epson(), clone}, nil, 0, table, ""},
		{"permission", "list", []usb.Device{epson(), clone}, refused, 1, table, "usermod -aG lp"},
		{"no USB", "list", nil, usb.ErrNoUSB, 1, "", "/dev/bus/usb"},
		{"other trouble", "list", nil, fmt.Errorf("read USB descriptors: i/o error"), 1, "", "plug it in again"},
		{"unknown command", "print", nil, nil, 2, "", "markaz-usb --help"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			code := run(strings.Fields(tt.args), &out, &errs, func() ([]usb.Device, error) { return tt.devices, tt.err })
			if code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			if diff := cmp.Diff(tt.out, out.String()); diff != "" {
				t.Errorf("output: -want +got\n%s", diff)
			}
			if !strings.Contains(errs.String(), tt.errs) || (tt.errs == "") != (errs.Len() == 0) {
				t.Errorf("errors %q, want %q in it", errs.String(), tt.errs)
			}
		})
	}
}

func TestListJSONRoundTrip(t *testing.T) {
	var out, errs bytes.Buffer
	want := []usb.Device{epson()}
	if code := run([]string{"list", "--json"}, &out, &errs, func() ([]usb.Device, error) { return want, nil }); code != 0 {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	var got []usb.Device
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
