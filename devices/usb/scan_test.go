//go:build cgo

package usb

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/gousb"
)

// printerDesc is the descriptor of an 80 mm printer behind a hub, as libusb gives it.
func printerDesc() *gousb.DeviceDesc {
	out := gousb.EndpointDesc{Address: 0x02, TransferType: gousb.TransferTypeBulk}
	in := gousb.EndpointDesc{Address: 0x81, TransferType: gousb.TransferTypeBulk}
	alt := gousb.InterfaceSetting{
		Class: gousb.ClassPrinter, SubClass: 1, Protocol: 2,
		Endpoints: map[gousb.EndpointAddress]gousb.EndpointDesc{0x02: out, 0x81: in},
	}
	face := gousb.InterfaceDesc{AltSettings: []gousb.InterfaceSetting{alt}}
	return &gousb.DeviceDesc{
		Bus: 1, Address: 5, Path: []int{2, 4}, Vendor: 0x04b8, Product: 0x0202,
		Configs: map[int]gousb.ConfigDesc{1: {Number: 1, Interfaces: []gousb.InterfaceDesc{face}}},
	}
}

func newScan(t *testing.T) *scan {
	return &scan{sysfs: t.TempDir(), silent: make(map[string]bool)}
}

func TestScanNotesPrinters(t *testing.T) {
	s := newScan(t)
	face := filepath.Join(s.sysfs, "1-2.4:1.0")
	if err := os.Mkdir(face, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(face, "ieee1284_id"), []byte("MFG:EPSON;MDL:TM-T20II;"), 0o644); err != nil {
		t.Fatal(err)
	}
	if !s.wants(printerDesc()) || s.wants(&gousb.DeviceDesc{Bus: 1, Path: []int{3}}) {
		t.Fatal("the printer and nothing else is to be opened")
	}
	want := []Device{{
		Path: "1-2.4", Address: 5, Vendor: 0x04b8, Product: 0x0202,
		Interface: Printer{Config: 1, Protocol: BothWay, Out: 2, In: 0x81},
		ID:        DeviceID{Manufacturer: "EPSON", Model: "TM-T20II"},
	}}
	if diff := cmp.Diff(want, s.found); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestScanExplains(t *testing.T) {
	s := newScan(t)
	if err := s.explain(nil); err != nil {
		t.Errorf("got %v without a cause", err)
	}
	if err := s.explain(gousb.ErrorIO); !errors.Is(err, gousb.ErrorIO) || errors.Is(err, ErrPermission) {
		t.Errorf("got %v for descriptors that cannot be read", err)
	}
	s.wants(printerDesc())
	err := s.explain(gousb.ErrorAccess)
	if want := "open USB device 1-2.4: no permission to open the USB device"; !errors.Is(err, ErrPermission) || err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}
