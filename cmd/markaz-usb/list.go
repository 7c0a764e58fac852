package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"markaz.example/devices/usb"
)

type listCommand struct {
	ID   []usb.ID `name:"id" placeholder:"VENDOR:PRODUCT" help:"Show devices with this vendor and product as well as printers; several with commas, as in 05ba:0007,05ba:000a."`
	JSON bool     `name:"json" help:"Print one JSON array for programs to read."`
}

// Run shows what was found even when something could not be opened; the error follows.
func (c listCommand) Run(ctx context.Context, s streams, bus usb.Bus) error {
	devices, err := bus.List(ctx, c.ID)
	if c.JSON {
		return errors.Join(printJSON(s.out, devices), err)
	}
	if len(devices) == 0 && err == nil {
		_, err = fmt.Fprintln(s.out, "No such USB device is plugged in. Check its power and its cable, then look again.")
		return err
	}
	return errors.Join(printTable(s.out, devices), err)
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
	fmt.Fprintln(table, "PATH\tUSB ID\tKIND\tINTERFACE\tMAKER\tMODEL\tSERIAL\tENDPOINTS")
	for _, d := range devices {
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\t%s\t%s\t%s\n",
			d.Path, d.USBID(), d.Kind, d.Interface.Number, orDash(d.ID.Manufacturer), orDash(d.ID.Model), orDash(d.Serial), endpoints(d.Interface))
	}
	return table.Flush()
}

// endpoints names each by its address, direction and kind: "01 out bulk, 81 in bulk".
func endpoints(s usb.Setting) string {
	var names []string
	for _, e := range s.Endpoints {
		direction := "out"
		if e.Address&0x80 != 0 {
			direction = "in"
		}
		names = append(names, fmt.Sprintf("%02x %s %s", e.Address, direction, e.Transfer))
	}
	return orDash(strings.Join(names, ", "))
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
