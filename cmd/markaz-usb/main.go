// Command markaz-usb is the one program of markaz with USB rights. It finds the printers that are plugged in.
//
// It is a program of its own so that a crash in libusb never touches the ledger.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/alecthomas/kong"

	"markaz.example/devices/usb"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr, usb.List))
}

// commands is the command line.
type commands struct {
	List listCommand `cmd:"" help:"Show the USB printers that are plugged in."`
}

type listCommand struct {
	JSON bool `help:"Print one JSON array for programs to read."`
}

// lister looks for printers; usb.List outside tests.
type lister func() ([]usb.Device, error)

// run returns the exit code: 0 done, 1 trouble with USB, 2 a command line that is not understood.
func run(args []string, out, errs io.Writer, list lister) int {
	parser, err := kong.New(&commands{}, kong.Name("markaz-usb"), kong.Description("USB printers of a centre."),
		kong.Writers(out, errs), kong.BindTo(out, (*io.Writer)(nil)), kong.Bind(list))
	if err != nil {
		panic("BUG: command line: " + err.Error())
	}
	ctx, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(errs, "markaz-usb: %v. See markaz-usb --help.\n", err)
		return 2
	}
	if err := ctx.Run(); err != nil {
		fmt.Fprintf(errs, "markaz-usb: %v.\n%s", err, remedy(err))
		return 1
	}
	return 0
}

// Run shows what was found even when something could not be opened; the error follows.
func (c listCommand) Run(out io.Writer, list lister) error {
	devices, err := list()
	if c.JSON {
		return errors.Join(printJSON(out, devices), err)
	}
	if len(devices) == 0 && err == nil {
		_, err = fmt.Fprintln(out, "No USB printer is plugged in. Check its power and its cable, then look again.")
		return err
	}
	return errors.Join(printTable(out, devices), err)
}

func printJSON(out io.Writer, devices []usb.Device) error {
	if devices == nil {
		devices = []usb.Device{} // programs expect a list, not null
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(devices)
}

func printTable(out io.Writer, devices []usb.Device) error {
	if len(devices) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PATH\tUSB ID\tMAKER\tMODEL\tSERIAL\tANSWERS")
	for _, d := range devices {
		fmt.Fprintf(table, "%s\t%04x:%04x\t%s\t%s\t%s\t%s\n",
			d.Path, d.Vendor, d.Product, orDash(d.ID.Manufacturer), orDash(d.ID.Model), orDash(d.Serial), answers(d.Interface))
	}
	return table.Flush()
}

func answers(p usb.Printer) string {
	if p.In == 0 {
		return "no"
	}
	return "yes"
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// remedy is what the technician at the box can do.
func remedy(err error) string {
	switch {
	case errors.Is(err, usb.ErrPermission):
		return "Run it with sudo, or add yourself to the group of printers and sign in again: sudo usermod -aG lp $USER\n"
	case errors.Is(err, usb.ErrNoUSB):
		return "Look for /dev/bus/usb: on a real machine load the kernel's USB drivers, in a container hand that folder in.\n"
	}
	return "Unplug the printer, wait five seconds, plug it in again and look again.\n"
}
