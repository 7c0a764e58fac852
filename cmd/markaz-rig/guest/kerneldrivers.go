package guest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"markaz.example/devices/port"
	"markaz.example/devices/usb"
)

// kernelDrivers proves the stage itself: the kernel's own printer driver, which knows nothing of us, prints on the simulated
// printer, and markaz-usb finds it beside that driver.
func kernelDrivers(ctx context.Context, j *judge) {
	p := newPaperPrinter("SIMP1")
	events, err := listenUevents()
	if err != nil {
		j.check(ctx, "listen to the kernel", func(context.Context) (string, error) { return "", err })
		return
	}
	stop := parts(ctx, p.Run, func(ctx context.Context) error { events.run(ctx); return nil })
	defer stop()
	var path string
	j.check(ctx, "usblp takes the printer", func(ctx context.Context) (string, error) {
		p.Plug(true)
		path, err = awaitDevice(ctx, printerID, "usblp")
		return "at " + path, errors.Join(err, awaitNode(ctx, lp))
	})
	j.check(ctx, "the kernel tells of the plug", func(ctx context.Context) (string, error) {
		event := "add usb_device " + path
		return event, await(ctx, event, func() (bool, string) { return events.heard(event) })
	})
	j.check(ctx, "usblp prints", func(ctx context.Context) (string, error) { return printRaw(ctx, p) })
	j.check(ctx, "port status", func(context.Context) (string, error) { return portStatus(p) })
	j.check(ctx, "markaz-usb lists the printer", func(ctx context.Context) (string, error) { return listed(ctx, path) })
	j.check(ctx, "usblp still has it", func(context.Context) (string, error) {
		if d := driverOf(path); d != "usblp" {
			return "", fmt.Errorf("driver %q", d)
		}
		return "looking took nothing away", nil
	})
	j.check(ctx, "unplugged", func(ctx context.Context) (string, error) {
		p.Plug(false)
		return "gone", awaitGone(ctx, printerID)
	})
}

func awaitDevice(ctx context.Context, id usb.ID, driver string) (path string, err error) {
	err = await(ctx, "device "+id.String(), func() (ok bool, why string) {
		path, ok, why = onlyDevice(id, driver)
		return ok, why
	})
	return path, err
}

func awaitGone(ctx context.Context, id usb.ID) error {
	return await(ctx, "the device to be gone", func() (bool, string) {
		paths := usbPaths(id)
		return len(paths) == 0, strings.Join(paths, " ")
	})
}

// lp is the kernel's own printer device.
const lp = "/dev/usb/lp0"

// openLP hides it from the poller of the Go runtime: usblp answers poll only when no
// request of its own is under way, so a poller that waits there would stop the simulator that is to answer the request.
func openLP() (*os.File, error) {
	fd, err := unix.Open(lp, unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", lp, err)
	}
	return os.NewFile(uintptr(fd), lp), nil
}

// printRaw sends a picture of 16 dots by 8, all black, feeds and cuts, and then asks for the paper sensor.
func printRaw(ctx context.Context, p *paperPrinter) (string, error) {
	f, err := openLP()
	if err != nil {
		return "", err
	}
	defer f.Close()
	black := bytes.Repeat([]byte{0xff}, 2*8)
	picture := append([]byte{0x1b, '@', 0x1d, 'v', '0', 0, 2, 0, 8, 0}, black...)
	picture = append(picture, 0x1d, 'V', 66, 0, 0x10, 0x04, 4)
	if _, err := f.Write(picture); err != nil {
		return "", err
	}
	answer := make([]byte, 1)
	if _, err := f.Read(answer); err != nil {
		return "", err
	}
	err = await(ctx, "a paper", func() (bool, string) { return len(p.papers()) == 1, fmt.Sprint(len(p.papers())) })
	if err != nil {
		return "", err
	}
	ink := 0
	for _, b := range p.papers()[0].Bitmap.Bits {
		if b == 0xff {
			ink++
		}
	}
	if ink != len(black) || answer[0] != 0x12 {
		return "", fmt.Errorf("%d of %d bytes of ink, DLE EOT 4 answered %02x", ink, len(black), answer[0])
	}
	return "16 by 8 dots, DLE EOT 4 answers 12", nil
}

// portStatus reads three states through the kernel's driver.
func portStatus(p *paperPrinter) (string, error) {
	f, err := openLP()
	if err != nil {
		return "", err
	}
	defer f.Close()
	defer p.setStatus(portReady)
	for _, want := range []byte{portReady, port.PortSelected | port.PortPaperOut, 0} {
		p.setStatus(want)
		const lpGetStatus = 0x060b // Linux include/uapi/linux/lp.h
		var got int32
		if _, _, errno := unix.Syscall(unix.SYS_IOCTL, f.Fd(), lpGetStatus, uintptr(unsafe.Pointer(&got))); errno != 0 {
			return "", errno
		}
		if byte(got) != want {
			return "", fmt.Errorf("got %02x, want %02x", got, want)
		}
	}
	return "ready, out of paper, in trouble", nil
}

// listed asks the real markaz-usb.
func listed(ctx context.Context, path string) (string, error) {
	out, err := exec.CommandContext(ctx, "/bin/markaz-usb", "list", "--json").Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w: %s", err, exit.Stderr)
		}
		return "", err
	}
	var found []usb.Device
	if err := json.Unmarshal(out, &found); err != nil {
		return "", err
	}
	if len(found) != 1 || found[0].Path != path || found[0].Serial != "SIMP1" || found[0].ID.Model != "TM-T20III" {
		return "", fmt.Errorf("listed %s", out)
	}
	return fmt.Sprintf("%s %s, serial number %s, at %s", found[0].ID.Manufacturer, found[0].ID.Model, found[0].Serial, path), nil
}
