//go:build cgo

package libusb

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/gousb"

	"markaz.example/devices/usb"
)

// printerDesc is the descriptor of an 80 mm printer behind a hub, as libusb gives it.
func printerDesc() *gousb.DeviceDesc {
	out := gousb.EndpointDesc{Address: 0x02, TransferType: gousb.TransferTypeBulk, MaxPacketSize: 64}
	in := gousb.EndpointDesc{Address: 0x81, TransferType: gousb.TransferTypeBulk, MaxPacketSize: 64}
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
	want := []usb.Device{{
		Path: "1-2.4", Address: 5, Vendor: 0x04b8, Product: 0x0202, Kind: usb.Print,
		Interface: usb.Setting{Config: 1, Class: 7, SubClass: 1, Protocol: usb.BothWay, Endpoints: []usb.Endpoint{
			{Address: 0x02, Transfer: usb.Bulk, Packet: 64}, {Address: 0x81, Transfer: usb.Bulk, Packet: 64},
		}},
		ID: usb.DeviceID{Manufacturer: "EPSON", Model: "TM-T20II"},
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
	if err := s.explain(gousb.ErrorIO); !errors.Is(err, gousb.ErrorIO) || errors.Is(err, usb.ErrPermission) {
		t.Errorf("got %v for descriptors that cannot be read", err)
	}
	s.wants(printerDesc())
	err := s.explain(gousb.ErrorAccess)
	if want := "open USB device 1-2.4: no permission to open the USB device"; !errors.Is(err, usb.ErrPermission) || err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}

// readerDesc is a fingerprint reader's, with the endpoints that such readers have and one that nobody uses.
func readerDesc() *gousb.DeviceDesc {
	alt := gousb.InterfaceSetting{
		Class: gousb.ClassVendorSpec,
		Endpoints: map[gousb.EndpointAddress]gousb.EndpointDesc{
			0x81: {Address: 0x81, TransferType: gousb.TransferTypeInterrupt, MaxPacketSize: 64},
			0x82: {Address: 0x82, TransferType: gousb.TransferTypeBulk, MaxPacketSize: 64},
			0x83: {Address: 0x83, TransferType: gousb.TransferTypeIsochronous, MaxPacketSize: 64},
		},
	}
	face := gousb.InterfaceDesc{AltSettings: []gousb.InterfaceSetting{alt}}
	return &gousb.DeviceDesc{
		Bus: 2, Path: []int{1}, Vendor: 0x05ba, Product: 0x000a,
		Configs: map[int]gousb.ConfigDesc{1: {Number: 1, Interfaces: []gousb.InterfaceDesc{face}}},
	}
}

func TestScanNotesRawDevicesThatWereAskedFor(t *testing.T) {
	s := newScan(t)
	if s.wants(readerDesc()) {
		t.Error("a reader nobody asked for is to be left alone")
	}
	s.raw = []usb.ID{{Vendor: 0x05ba, Product: 0x0007}, {Vendor: 0x05ba, Product: 0x000a}}
	if !s.wants(readerDesc()) || len(s.found) != 1 {
		t.Fatalf("found %v, want the reader", s.found)
	}
	want := usb.Setting{Config: 1, Class: 0xff, Endpoints: []usb.Endpoint{
		{Address: 0x81, Transfer: usb.Interrupt, Packet: 64}, {Address: 0x82, Transfer: usb.Bulk, Packet: 64},
	}}
	if diff := cmp.Diff(want, s.found[0].Interface); diff != "" || s.found[0].Kind != usb.Raw {
		t.Errorf("kind %q, -want +got\n%s", s.found[0].Kind, diff)
	}
}
