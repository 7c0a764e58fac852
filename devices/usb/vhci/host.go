package vhci

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Host is where a plug can be put in. The connection is a cable: USB/IP messages of one device.
type Host interface {
	Connect(ctx context.Context, s Speed) (io.ReadWriteCloser, error)
}

// ErrNoController: this kernel has no virtual host controller; the module vhci-hcd gives it one.
var ErrNoController = errors.New("no virtual USB host controller: load the kernel's module vhci-hcd")

// errPortsTaken is reported while every port that would do has a plug in it.
var errPortsTaken = errors.New("no free port")

// Kernel is a port of the kernel's virtual host controller.
type Kernel struct {
	Dir string // of the controller in sysfs; empty means /sys/devices/platform/vhci_hcd.0
	// Port is its number, as in the controller's status file: 0 to 7 of high and full speed; AnyPort is the lowest free.
	Port int
}

// AnyPort leaves the choice of the port to the Kernel.
const AnyPort = -1

// Connect puts a plug in. A port that a plug was just pulled from is waited for. Errors: ErrNoController.
func (k Kernel) Connect(ctx context.Context, s Speed) (io.ReadWriteCloser, error) {
	ctx, cancel := context.WithTimeout(ctx, freeWait)
	defer cancel()
	for {
		wire, err := k.tryConnect(s)
		if !errors.Is(err, errPortsTaken) {
			return wire, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for port %d of the virtual USB controller: %w", k.Port, err)
		case <-time.After(freeLook):
		}
	}
}

func (k Kernel) tryConnect(s Speed) (io.ReadWriteCloser, error) {
	port, err := k.free()
	if err != nil {
		return nil, err
	}
	return k.attach(port, s)
}

func (k Kernel) dir() string {
	if k.Dir == "" {
		return "/sys/devices/platform/vhci_hcd.0"
	}
	return k.Dir
}

// free finds the port.
func (k Kernel) free() (int, error) {
	table, err := os.ReadFile(filepath.Join(k.dir(), "status"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, ErrNoController
	}
	if err != nil {
		return 0, fmt.Errorf("read ports of the virtual USB controller: %w", err)
	}
	for _, port := range freePorts(string(table)) {
		if k.Port == AnyPort || k.Port == port {
			return port, nil
		}
	}
	return 0, errPortsTaken
}

// freePorts reads the status file: a line of headings, then a line a port that begins "hs  0000 004" with the hub, the
// number and the state. Ports of the hub "ss" carry SuperSpeed only.
// Source: Linux drivers/usb/usbip/vhci_sysfs.c, port_show_vhci.
func freePorts(table string) (ports []int) {
	const highSpeedHub, unused = "hs", 4
	for i, line := range strings.Split(table, "\n") {
		f := strings.Fields(line)
		if len(f) < 3 || f[0] != highSpeedHub || i > portsMax {
			continue
		}
		number, err := strconv.Atoi(f[1])
		state, stateErr := strconv.Atoi(f[2])
		if err == nil && stateErr == nil && number >= 0 && state == unused {
			ports = append(ports, number)
		}
	}
	return ports
}

// attach hands the kernel its end of the cable, by number; the kernel keeps it. Of two Outlets that found the same port
// the slower is told that it is taken.
func (k Kernel) attach(port int, s Speed) (io.ReadWriteCloser, error) {
	ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("make USB cable: %w", err)
	}
	ours := os.NewFile(uintptr(ends[0]), "usb-cable")
	theirs := ends[1]
	defer unix.Close(theirs)
	if err := unix.SetNonblock(theirs, false); err != nil { // the kernel's threads wait in their reads
		return nil, errors.Join(fmt.Errorf("make USB cable: %w", err), ours.Close())
	}
	const device = 1<<16 | 2 // a bus and a number, which mean nothing on a cable of our own
	line := fmt.Sprintf("%d %d %d %d", port, theirs, device, s)
	err = os.WriteFile(filepath.Join(k.dir(), "attach"), []byte(line), 0)
	if errors.Is(err, unix.EBUSY) {
		err = errors.Join(errPortsTaken, err)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("put the plug in port %d: %w", port, err), ours.Close())
	}
	return ours, nil
}
