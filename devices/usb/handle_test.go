package usb_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"markaz.example/devices/port"
	"markaz.example/devices/usb"
	"markaz.example/devices/usb/usbtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	irq   = 0x81
	image = 0x82
	lamp  = 0x01
)

var reading = usb.ID{Vendor: 0x05ba, Product: 0x000a}

// newReader is a device with one endpoint of each kind that a fingerprint reader has, and one to it.
func newReader() *usbtest.Device {
	return usbtest.NewRaw(reading, "R-1",
		usb.Endpoint{Address: irq, Transfer: usb.Interrupt, Packet: 64},
		usb.Endpoint{Address: image, Transfer: usb.Bulk, Packet: 64},
		usb.Endpoint{Address: lamp, Transfer: usb.Bulk, Packet: 64})
}

func openReader(t *testing.T, device *usbtest.Device) usb.Handle {
	t.Helper()
	h, err := usb.Interface{Socket: usbtest.Memory(t, device), Selector: usb.Selector{IDs: []usb.ID{reading}}}.OpenUSB(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// within is a context that ends by itself.
func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func TestList(t *testing.T) {
	printer, reader := usbtest.NewPrinter("J3X0", nil, nil, nil), newReader()
	printer.Life = nil
	socket := usb.Socket{Path: usbtest.Serve(t, printer, reader)}
	for name, tt := range map[string]struct {
		raw  []usb.ID
		want []string
	}{
		"printers":     {nil, []string{"1-2.4 printer"}},
		"readers too":  {[]usb.ID{{Vendor: 1, Product: 1}, reading}, []string{"1-2.4 printer", "1-9 raw"}},
		"other reader": {[]usb.ID{{Vendor: 0x05ba, Product: 8}}, []string{"1-2.4 printer"}},
	} {
		devices, err := socket.List(t.Context(), tt.raw...)
		var got []string
		for _, d := range devices {
			got = append(got, d.Path+" "+string(d.Kind))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v, -want +got\n%s", name, err, diff)
		}
	}
	devices, err := socket.List(t.Context(), reading)
	want := []usb.Device{printer.About(), reader.About()}
	want[0].Kind, want[1].Kind = usb.Print, usb.Raw
	if diff := cmp.Diff(want, devices); diff != "" || err != nil {
		t.Errorf("%v, -want +got\n%s", err, diff)
	}
	if _, err := socket.List(t.Context(), make([]usb.ID, 17)...); !errors.Is(err, usb.ErrRequest) {
		t.Errorf("17 ids: %v", err)
	}
}

func TestSelectors(t *testing.T) {
	first := usbtest.New(usb.Device{Path: "1-1", Serial: "A", Vendor: 1, Product: 1, Interface: usbtest.NewPrinter("", nil, nil, nil).About().Interface})
	second := usbtest.New(usb.Device{Path: "1-2", Serial: "B", Vendor: 1, Product: 2, Interface: first.About().Interface})
	reader := newReader()
	socket := usb.Socket{Path: usbtest.Serve(t, first, second, reader)}
	printers := []struct {
		selector usb.Selector
		want     error
		opened   *usbtest.Device
	}{
		{usb.Selector{}, usb.ErrSeveral, nil},
		{usb.Selector{Path: "1-2"}, nil, second},
		{usb.Selector{Serial: "A"}, nil, first},
		{usb.Selector{IDs: []usb.ID{{Vendor: 9, Product: 9}, {Vendor: 1, Product: 2}}}, nil, second},
		{usb.Selector{Path: "1-2", Serial: "A"}, port.ErrGone, nil},
		{usb.Selector{Path: "1-9"}, port.ErrGone, nil},
		{usb.Selector{IDs: []usb.ID{reading}}, port.ErrGone, nil},
		{usb.Selector{Serial: strings.Repeat("x", 256)}, usb.ErrRequest, nil},
	}
	for _, tt := range printers {
		p, err := usb.Printer{Socket: socket, Selector: tt.selector}.Open(t.Context())
		if !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
			t.Errorf("printer %s: %v, want %v", tt.selector, err, tt.want)
		}
		if err != nil {
			continue
		}
		if tt.opened.Driver() != "usbfs" {
			t.Errorf("printer %s: another one was opened", tt.selector)
		}
		p.Close()
	}
	for name, tt := range map[string]struct {
		selector usb.Selector
		want     error
	}{
		"by id":            {usb.Selector{IDs: []usb.ID{reading}}, nil},
		"id and path":      {usb.Selector{IDs: []usb.ID{reading}, Path: "1-9"}, nil},
		"path alone":       {usb.Selector{Path: "1-9"}, usb.ErrRequest},
		"a printer as raw": {usb.Selector{IDs: []usb.ID{{Vendor: 1, Product: 1}}}, port.ErrGone},
	} {
		h, err := usb.Interface{Socket: socket, Selector: tt.selector}.OpenUSB(t.Context())
		if !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
		if err == nil {
			h.Close()
		}
	}
}

func TestControl(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		device := newReader()
		var kept []byte
		device.Control = func(_ context.Context, r usb.Request, data []byte) (int, error) {
			switch r {
			case usb.Request{Type: 0xc0, Code: 4, Value: 7, Index: 2}:
				return copy(data, "answer"), nil
			case usb.Request{Type: 0x40, Code: 4}:
				kept = append([]byte(nil), data...)
				return len(data), nil
			}
			return 0, usb.ErrStall
		}
		h := openReader(t, device)
		b := make([]byte, 10)
		if n, err := h.Control(t.Context(), usb.Request{Type: 0xc0, Code: 4, Value: 7, Index: 2}, b); n != 6 || string(b[:n]) != "answer" || err != nil {
			t.Errorf("to the host: %d bytes %q, %v", n, b, err)
		}
		if n, err := h.Control(t.Context(), usb.Request{Type: 0x40, Code: 4}, []byte("order")); n != 5 || string(kept) != "order" || err != nil {
			t.Errorf("to the device: %d bytes, it got %q, %v", n, kept, err)
		}
		if n, err := h.Control(t.Context(), usb.Request{Type: 0xc0, Code: 9}, b); n != 0 || !errors.Is(err, usb.ErrStall) {
			t.Errorf("unknown: %d bytes, %v", n, err)
		}
		if _, err := h.Control(t.Context(), usb.Request{Type: 0x40}, make([]byte, 1<<16)); !errors.Is(err, usb.ErrRequest) {
			t.Errorf("too long: %v", err)
		}
	})
}

// TestReadDoesNotHoldUpAWrite: an interrupt that never comes, a picture and an order at the same time.
func TestReadDoesNotHoldUpAWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		device := newReader()
		h := openReader(t, device)
		ctx, cancel := context.WithCancel(t.Context())
		var waiting sync.WaitGroup
		waiting.Go(func() {
			if n, err := h.Read(ctx, irq, make([]byte, 64)); n != 0 || !errors.Is(err, port.ErrQuiet) {
				t.Errorf("the cancelled read: %d bytes, %v", n, err)
			}
		})
		synctest.Wait()
		picture := bytes.Repeat([]byte("ridge "), 18_571)[:111_424]
		waiting.Go(func() { device.Send(ctx, image, picture) })
		waiting.Go(func() { io.CopyN(io.Discard, device.Wire(ctx, lamp, image), 5) })
		if n, err := h.Write(t.Context(), lamp, []byte("order")); n != 5 || err != nil {
			t.Errorf("the order: %d bytes, %v", n, err)
		}
		got := make([]byte, len(picture))
		if n, err := h.Read(t.Context(), image, got); n != len(picture) || !bytes.Equal(got, picture) || err != nil {
			t.Errorf("the picture: %d bytes, %v", n, err)
		}
		cancel()
		waiting.Wait()
	})
}

func TestDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		device := newReader()
		h := openReader(t, device)
		began := time.Now()
		if n, err := h.Read(within(t, time.Second), image, make([]byte, 128)); n != 0 || !errors.Is(err, port.ErrQuiet) {
			t.Errorf("silence: %d bytes, %v", n, err)
		}
		if took := time.Since(began); took != time.Second {
			t.Errorf("a read of 1 s took %v", took)
		}
		go device.Send(t.Context(), image, make([]byte, 64))
		if n, err := h.Read(within(t, time.Second), image, make([]byte, 128)); n != 64 || err != nil {
			t.Errorf("a whole packet and silence: %d bytes, %v", n, err)
		}
		go device.Receive(t.Context(), lamp, make([]byte, 64))
		if n, err := h.Write(within(t, time.Second), lamp, make([]byte, 128)); n != 64 || !errors.Is(err, port.ErrQuiet) {
			t.Errorf("a write that is half taken: %d bytes, %v", n, err)
		}
		device.Delay(image, 300*time.Millisecond)
		if _, err := h.Read(within(t, 200*time.Millisecond), image, make([]byte, 64)); !errors.Is(err, port.ErrQuiet) {
			t.Errorf("a slow device: %v", err)
		}
	})
}

func TestRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		device := newReader()
		h := openReader(t, device)
		for name, call := range map[string]func() error{
			"read of nothing":      func() error { _, err := h.Read(t.Context(), 0x05, make([]byte, 64)); return err },
			"read from an out end": func() error { _, err := h.Read(t.Context(), lamp, make([]byte, 64)); return err },
			"write to an in end":   func() error { _, err := h.Write(t.Context(), image, make([]byte, 64)); return err },
		} {
			if err := call(); !errors.Is(err, usb.ErrRequest) {
				t.Errorf("%s: %v", name, err)
			}
		}
		device.Stall(image, true)
		if _, err := h.Read(t.Context(), image, make([]byte, 64)); !errors.Is(err, usb.ErrStall) {
			t.Errorf("halted: %v", err)
		}
		device.Stall(image, false)
		go device.Send(t.Context(), image, []byte("well again"))
		if n, err := h.Read(t.Context(), image, make([]byte, 64)); n != 10 || err != nil {
			t.Errorf("freed: %d bytes, %v", n, err)
		}
	})
}

// TestPacketsAndBuffers: a buffer need not be whole packets, but what does not fit is not hidden.
func TestPacketsAndBuffers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		device := newReader()
		h := openReader(t, device)
		for _, tt := range []struct {
			sent, room, want int
			err              error
		}{{100, 100, 100, nil}, {70, 100, 70, nil}, {64, 64, 64, nil}, {101, 100, 100, usb.ErrRequest}, {64, 10, 10, usb.ErrRequest}} {
			go device.Send(t.Context(), image, make([]byte, tt.sent))
			n, err := h.Read(t.Context(), image, make([]byte, tt.room))
			if n != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("%d bytes into %d: %d bytes, %v", tt.sent, tt.room, n, err)
			}
			synctest.Wait()
		}
	})
}

func TestUnplugEndsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		device := newReader()
		h := openReader(t, device)
		var ends sync.WaitGroup
		ends.Go(func() {
			if _, err := h.Read(t.Context(), irq, make([]byte, 64)); !errors.Is(err, port.ErrGone) {
				t.Errorf("read: %v", err)
			}
		})
		ends.Go(func() {
			if _, err := h.Write(t.Context(), lamp, make([]byte, 64)); !errors.Is(err, port.ErrGone) {
				t.Errorf("write: %v", err)
			}
		})
		synctest.Wait()
		device.Unplug()
		ends.Wait()
		device.Plug()
		if _, err := h.Control(t.Context(), usb.Request{}, nil); !errors.Is(err, port.ErrGone) {
			t.Errorf("control on a handle from before: %v", err)
		}
		if err := h.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
}

func TestCloseGivesBackAndFreesTheDevice(t *testing.T) {
	device := newReader()
	opener := usb.Interface{Socket: usb.Socket{Path: usbtest.Serve(t, device)}, Selector: usb.Selector{IDs: []usb.ID{reading}}}
	h, err := opener.OpenUSB(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := opener.OpenUSB(t.Context()); !errors.Is(err, port.ErrBusy) {
		t.Errorf("opened twice: %v", err)
	}
	for range 3 {
		if device.Driver() != "usbfs" {
			t.Errorf("the interface belongs to %s while it is open", device.Driver())
		}
		if err := h.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if device.Driver() != "none" {
			t.Errorf("the interface belongs to %s after Close", device.Driver())
		}
		if h, err = opener.OpenUSB(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Close(); err != nil {
		t.Error(err)
	}
	if err := h.Close(); !errors.Is(err, port.ErrClosed) {
		t.Errorf("second close: %v", err)
	}
	if _, err := h.Read(t.Context(), irq, make([]byte, 64)); !errors.Is(err, port.ErrClosed) {
		t.Errorf("read after close: %v", err)
	}
}

// TestADeadClientLosesTheDevice: its socket just ends, with a read under way, as when a process is killed.
func TestADeadClientLosesTheDevice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		device := newReader()
		socket := usbtest.Memory(t, device)
		var line net.Conn
		dial := socket.Dial
		socket.Dial = func(ctx context.Context) (c net.Conn, err error) { line, err = dial(ctx); return line, err }
		h, err := usb.Interface{Socket: socket, Selector: usb.Selector{IDs: []usb.ID{reading}}}.OpenUSB(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var reader sync.WaitGroup
		reader.Go(func() {
			if _, err := h.Read(t.Context(), irq, make([]byte, 64)); !errors.Is(err, port.ErrGone) {
				t.Errorf("read: %v", err)
			}
		})
		synctest.Wait()
		if device.Driver() != "usbfs" {
			t.Errorf("the interface belongs to %s while it is open", device.Driver())
		}
		line.Close()
		reader.Wait()
		synctest.Wait()
		if device.Driver() != "none" {
			t.Errorf("the interface belongs to %s", device.Driver())
		}
		h.Close()
	})
}

func TestNobodyServes(t *testing.T) {
	folder := t.TempDir()
	left := filepath.Join(folder, "left.sock")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: left})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
	for name, path := range map[string]string{"no socket": filepath.Join(folder, "none.sock"), "left by a dead process": left} {
		_, err := usb.Printer{Socket: usb.Socket{Path: path}}.Open(t.Context())
		if !errors.Is(err, usb.ErrNotRunning) || !strings.Contains(err.Error(), "systemctl start markaz-usb") {
			t.Errorf("%s: %v", name, err)
		}
	}
	again, err := usb.Listen(left)
	if err != nil {
		t.Fatalf("the socket of a dead process is in the way: %v", err)
	}
	defer again.Close()
	if info, err := os.Stat(left); err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if _, err := usb.Listen(left); !errors.Is(err, port.ErrBusy) {
		t.Errorf("a second server: %v", err)
	}
}

// TestListenLeavesOtherFilesAlone: only a socket is replaced.
func TestListenLeavesOtherFilesAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if l, err := usb.Listen(path); err == nil {
		l.Close()
		t.Error("it listens on a file")
	}
	if b, err := os.ReadFile(path); string(b) != "precious" || err != nil {
		t.Errorf("the file holds %q, %v", b, err)
	}
}

func TestEndpointsOfAHandle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		device := newReader()
		if diff := cmp.Diff(device.About().Interface.Endpoints, openReader(t, device).Endpoints()); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	})
}

// crowd is a bus with more devices than a listing holds.
type crowd struct{ usbtest.Bus }

func (crowd) List(context.Context, []usb.ID) ([]usb.Device, error) {
	devices := make([]usb.Device, 65)
	for i := range devices {
		devices[i].Kind = usb.Raw
	}
	return devices, nil
}

func TestAListingIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		socket := usb.Socket{Dial: func(context.Context) (net.Conn, error) {
			near, far := net.Pipe()
			go (&usb.Server{Bus: crowd{}}).Serve(t.Context(), far)
			return near, nil
		}}
		devices, err := socket.List(t.Context())
		if len(devices) != 64 || err == nil || !strings.Contains(err.Error(), "64 of 65") {
			t.Errorf("%d devices, %v", len(devices), err)
		}
	})
}

// TestConnectionsAreBounded: one too many is hung up on, and there is room again when another has gone.
func TestConnectionsAreBounded(t *testing.T) {
	path := usbtest.Serve(t)
	var lines []net.Conn
	for range 32 {
		line, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(line, hello)
		if _, err := io.ReadFull(line, make([]byte, len(hello))); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	if _, err := (usb.Socket{Path: path}).List(t.Context()); err == nil {
		t.Error("33 connections are served")
	}
	lines[0].Close()
	for {
		if _, err := (usb.Socket{Path: path}).List(t.Context()); err == nil {
			break
		}
	}
	for _, line := range lines[1:] {
		line.Close()
	}
}

func TestIDsStandInFiles(t *testing.T) {
	b, err := json.Marshal(struct{ Reader usb.ID }{reading})
	if string(b) != `{"Reader":"05ba:000a"}` || err != nil {
		t.Errorf("%s, %v", b, err)
	}
	var back struct{ Reader usb.ID }
	if err := json.Unmarshal(b, &back); err != nil || back.Reader != reading {
		t.Errorf("%v, %v", back.Reader, err)
	}
}
