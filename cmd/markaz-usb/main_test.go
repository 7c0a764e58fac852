package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"markaz.example/devices/port"
	"markaz.example/devices/usb"
	"markaz.example/devices/usb/usbtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// found is a bus where everything was seen already.
type found struct {
	devices []usb.Device
	err     error
}

func (f found) List(_ context.Context, raw []usb.ID) (shown []usb.Device, err error) {
	for _, d := range f.devices {
		shown = append(shown, usb.Describe(d, []usb.Setting{d.Interface}, raw)...)
	}
	return shown, f.err
}

func (f found) Open(context.Context, usb.Device) (usb.Handle, error) { return nil, port.ErrGone }

func printer(path string, protocol usb.Protocol, endpoints ...usb.Endpoint) usb.Device {
	return usb.Device{
		Path: path, Address: 5, Vendor: 0x04b8, Product: 0x0202, Kind: usb.Print,
		Interface: usb.Setting{Config: 1, Class: 7, SubClass: 1, Protocol: protocol, Endpoints: endpoints},
	}
}

func epson() usb.Device {
	d := printer("1-2.4", usb.BothWay, usb.Endpoint{Address: 2, Transfer: usb.Bulk, Packet: 64}, usb.Endpoint{Address: 0x81, Transfer: usb.Bulk, Packet: 64})
	d.Serial, d.ID = "J3X0", usb.DeviceID{Manufacturer: "EPSON", Model: "TM-T20II"}
	return d
}

func TestList(t *testing.T) {
	clone := printer("1-3", usb.OneWay, usb.Endpoint{Address: 1, Transfer: usb.Bulk})
	reader := usb.Device{Path: "2-1", Vendor: 0x05ba, Product: 0x000a, Interface: usb.Setting{
		Class: 0xff, Endpoints: []usb.Endpoint{{Address: 0x81, Transfer: usb.Interrupt, Packet: 64}},
	}}
	refused := fmt.Errorf("open USB device 1-3: %w", usb.ErrPermission)
	const head = "PATH   USB ID     KIND     INTERFACE  MAKER  MODEL     SERIAL  ENDPOINTS\n"
	const printers = head +
		"1-2.4  04b8:0202  printer  0          EPSON  TM-T20II  J3X0    02 out bulk, 81 in bulk\n" +
		"1-3    04b8:0202  printer  0          -      -         -       01 out bulk\n"
	const all = printers + "2-1    05ba:000a  raw      0          -      -         -       81 in interrupt\n"
	devices := []usb.Device{epson(), clone, reader}
	tests := []struct {
		name    string
		args    string
		devices []usb.Device
		err     error
		code    int
		out     string
		errs    string // a part of what is told as error
	}{
		{"none", "list", nil, nil, 0, "No such USB device is plugged in. Check its power and its cable, then look again.\n", ""},
		{"none for a program", "list --json", nil, nil, 0, "[]\n", ""},
		{"printers", "list", devices, nil, 0, printers, ""},
		{"readers too", "list --id 05ba:0007,05ba:000a", devices, nil, 0, all, ""},
		{"bad id", "list --id 05ba", devices, nil, 2, "", "four hexadecimal digits"},
		{"permission", "list", devices, refused, 1, printers, "usermod -aG lp"},
		{"no USB", "list", nil, usb.ErrNoUSB, 1, "", "/dev/bus/usb"},
		{"other trouble", "list", nil, fmt.Errorf("read USB descriptors: i/o error"), 1, "", "plug it in again"},
		{"unknown command", "print", nil, nil, 2, "", "markaz-usb --help"},
		{"no folder for the socket", "serve --socket /no/such/folder/usb.sock", nil, nil, 1, "", "systemctl start markaz-usb"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			code := run(t.Context(), strings.Fields(tt.args), &out, &errs, found{tt.devices, tt.err})
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
	if code := run(t.Context(), []string{"list", "--json"}, &out, &errs, found{want, nil}); code != 0 {
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

// TestServe: the socket serves until the signal, an interface that was open is given back by then, and a second server on
// the same socket says that there is one.
func TestServe(t *testing.T) {
	device := usbtest.NewPrinter("J3X0", silent{}, nil, nil)
	socket := filepath.Join(t.TempDir(), "usb.sock")
	ctx, signal := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	args := []string{"serve", "--socket", socket}
	go func() {
		ended <- run(ctx, args, io.Discard, io.Discard, usbtest.Bus{Devices: []*usbtest.Device{device}})
	}()
	opener := usb.Printer{Socket: usb.Socket{Path: socket}}
	p, err := opener.Open(t.Context())
	for errors.Is(err, usb.ErrNotRunning) {
		p, err = opener.Open(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	if code := run(t.Context(), args, io.Discard, &errs, found{}); code != 1 || !strings.Contains(errs.String(), "systemctl status markaz-usb") {
		t.Errorf("second server: exit code %d, %s", code, errs.String())
	}
	if device.Driver() != "usbfs" {
		t.Errorf("the interface belongs to %s while it is open", device.Driver())
	}
	signal()
	if code := <-ended; code != 0 {
		t.Errorf("exit code %d", code)
	}
	if device.Driver() != "usblp" {
		t.Errorf("the interface belongs to %s after the end", device.Driver())
	}
	if _, err := p.Read(make([]byte, 8)); !errors.Is(err, port.ErrGone) {
		t.Errorf("read after the server's end: %v", err)
	}
	p.Close()
}

// silent is a printer that does nothing.
type silent struct{}

func (silent) Serve(ctx context.Context, wire io.ReadWriteCloser) error {
	<-ctx.Done()
	return wire.Close()
}
