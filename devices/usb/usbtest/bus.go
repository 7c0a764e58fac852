package usbtest

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"markaz.example/devices/port"
	"markaz.example/devices/usb"
)

// Bus holds devices. It is a usb.Bus; its Run gives them life.
type Bus struct{ Devices []*Device }

// Run lets the plugged-in devices live until the context ends.
func (b Bus) Run(ctx context.Context) error {
	var lives sync.WaitGroup
	for _, d := range b.Devices {
		lives.Go(func() { d.run(ctx) })
	}
	lives.Wait()
	return context.Cause(ctx)
}

// List describes what is plugged in.
func (b Bus) List(_ context.Context, raw []usb.ID) ([]usb.Device, error) {
	var found []usb.Device
	for _, d := range b.Devices {
		if d.Plugged() {
			found = append(found, usb.Describe(d.about, []usb.Setting{d.about.Interface}, raw)...)
		}
	}
	slices.SortFunc(found, func(a, b usb.Device) int { return cmp.Compare(a.Path, b.Path) })
	return found, nil
}

// Open takes an interface as libusb does: the kernel's driver is detached until Close.
func (b Bus) Open(_ context.Context, about usb.Device) (usb.Handle, error) {
	for _, d := range b.Devices {
		if d.about.Path == about.Path {
			return d.open()
		}
	}
	return nil, fmt.Errorf("no device at %s: %w", about.Path, port.ErrGone)
}

// Serve plugs devices in and serves them on a socket, whose path it returns, until the test ends.
func Serve(t testing.TB, devices ...*Device) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "usb") // short: a socket's path has at most 107 bytes, and t.TempDir has the test's name
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	path := filepath.Join(folder, "usb.sock")
	l, err := usb.Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	bus := Bus{devices}
	var parts sync.WaitGroup
	parts.Go(func() { bus.Run(ctx) })
	parts.Go(func() {
		if err := (&usb.Server{Bus: bus}).Run(ctx, l); err != nil {
			t.Errorf("serve USB: %v", err)
		}
	})
	t.Cleanup(func() { cancel(); parts.Wait() })
	return path
}

// Memory is Serve over pipes instead of a socket, so that it works in a testing/synctest bubble.
func Memory(t testing.TB, devices ...*Device) usb.Socket {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	bus := Bus{devices}
	server := &usb.Server{Bus: bus}
	var parts sync.WaitGroup
	parts.Go(func() { bus.Run(ctx) })
	t.Cleanup(func() { cancel(); parts.Wait() })
	return usb.Socket{Dial: func(context.Context) (net.Conn, error) {
		if ctx.Err() != nil {
			return nil, usb.ErrNotRunning
		}
		near, far := net.Pipe()
		parts.Go(func() { server.Serve(ctx, far) })
		return near, nil
	}}
}
