// Command markaz-usb is the one program of markaz with USB rights: it shows what is plugged in, and serves opened
// interfaces to the box over a local socket.
//
// It is a program of its own so that a crash in libusb never touches the ledger.
//
// It ends with 0 when all went well, 1 when there was trouble with USB, 2 when it was called wrongly.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"markaz.example/devices/port"
	"markaz.example/devices/usb"
	"markaz.example/devices/usb/libusb"
)

// The exit codes. Scripts and systemd units rely on them.
const (
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr, libusb.Bus{}))
}

// commands is the command line.
type commands struct {
	List  listCommand  `cmd:"" help:"Show the USB devices that are plugged in."`
	Serve serveCommand `cmd:"" help:"Open USB devices for the box, over a local socket."`
}

// run returns the exit code.
func run(ctx context.Context, args []string, out, errs io.Writer, bus usb.Bus) int {
	parser, err := kong.New(&commands{}, kong.Name("markaz-usb"), kong.Description("USB devices of a centre."),
		kong.Writers(out, errs), kong.Vars{"socket": usb.SocketPath}, kong.BindTo(ctx, (*context.Context)(nil)), kong.BindTo(bus, (*usb.Bus)(nil)), kong.Bind(streams{out, errs}))
	if err != nil {
		panic("BUG: command line: " + err.Error())
	}
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(errs, "markaz-usb: %v. See markaz-usb --help.\n", err)
		return exitUsage
	}
	if err := command.Run(); err != nil {
		fmt.Fprintf(errs, "markaz-usb: %v.\n%s", err, remedy(err))
		return exitFailed
	}
	return 0
}

// streams are where commands write.
type streams struct{ out, errs io.Writer }

// remedy is what the technician at the box can do.
func remedy(err error) string {
	switch {
	case errors.Is(err, usb.ErrPermission):
		return "Run it with sudo, or add yourself to the groups of USB devices and sign in again: sudo usermod -aG lp,markaz-usb $USER\n"
	case errors.Is(err, usb.ErrNoUSB):
		return "Look for /dev/bus/usb: on a real machine load the kernel's USB drivers, in a container hand that folder in.\n"
	case errors.Is(err, port.ErrBusy):
		return "markaz-usb is running already: systemctl status markaz-usb. To serve beside it, choose another --socket.\n"
	case errors.Is(err, errSocket):
		return "The folder of the socket must be there and be writable: systemctl start markaz-usb makes both.\n"
	}
	return "Unplug the device, wait five seconds, plug it in again and look again.\n"
}
