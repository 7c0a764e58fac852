// Command markaz-rig boots a small machine with a real kernel, plugs USB devices into it and judges how the programs of a
// box do with them. As the first process of that machine it is the judge; see docs/rig.md.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"markaz.example/cmd/markaz-rig/guest"
	"markaz.example/cmd/markaz-rig/machine"
)

// commands is the command line.
type commands struct {
	Cache    string   `help:"Folder for the kernel, kept from run to run." default:".cache/rig"`
	Profiles string   `help:"Folder of device profiles." default:"firmware-configs"`
	Judge    string   `help:"Source of the program that drives the reader through libfprint." default:"cmd/markaz-rig/fpcap/fpcap.c"`
	Programs []string `arg:"" help:"Programs under test: markaz and markaz-usb."`
}

func main() {
	const first = 1
	if os.Getpid() == first {
		guest.Main()
		return
	}
	var c commands
	kong.Parse(&c, kong.Name("markaz-rig"), kong.Description("USB devices on a real kernel, in an emulated machine."))
	if err := c.run(); err != nil {
		fmt.Fprintf(os.Stderr, "markaz-rig: %v\n", err)
		os.Exit(1)
	}
}

func (c commands) run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	m := machine.Machine{Cache: c.Cache, Init: self, Programs: c.Programs, Profiles: c.Profiles, Judge: c.Judge}
	return m.Run(ctx, os.Stdout)
}
