// Command markaz-rig boots a machine with a real kernel and judges how the programs of a box do in it: with USB devices
// plugged in, and with the plug of the machine pulled, in a whole Debian or with the writer of the ledger alone. It is the
// first process of that machine too: with USB it judges, otherwise it starts what is on the drive. See docs/rig.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"markaz.example/cmd/markaz-rig/blackout"
	"markaz.example/cmd/markaz-rig/drive"
	"markaz.example/cmd/markaz-rig/guest"
	"markaz.example/cmd/markaz-rig/machine"
	"markaz.example/cmd/markaz-rig/scribe"
	"markaz.example/edge/berth"
)

// commands is the command line.
type commands struct {
	USB     usbCmd     `cmd:"" name:"usb" help:"USB devices on a real kernel."`
	Cut     cutCmd     `cmd:"" help:"The writer of a ledger alone on a real kernel, its plug pulled while it writes."`
	Boot    bootCmd    `cmd:"" help:"A Debian with the package of the box installed, killed in mid-service."`
	Update  updateCmd  `cmd:"" help:"The same Debian with a stick in it: a good update, and one whose box falls."`
	Printer printerCmd `cmd:"" hidden:"" help:"Inside that Debian: its printer."`
}

func main() {
	const first = 1
	if os.Getpid() == first {
		guest.Main()
		return
	}
	if err := seeSystem(); err != nil {
		fmt.Fprintf(os.Stderr, "markaz-rig: %v\n", err)
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	line := kong.Parse(&commands{}, kong.Name("markaz-rig"),
		kong.Description("The programs of a box on a real kernel, in an emulated machine."), kong.BindTo(ctx, (*context.Context)(nil)))
	if err := line.Run(); err != nil {
		fmt.Fprintf(os.Stderr, "markaz-rig: %v\n", err)
		os.Exit(1)
	}
}

// seeSystem lets programs for disks and kernels be found, which need no root here and lie where only root looks.
func seeSystem() error { return os.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin:/sbin") }

type usbCmd struct {
	Cache    string   `help:"Folder for the kernel, kept from run to run." default:".cache/rig"`
	Profiles string   `help:"Folder of device profiles." default:"firmware-configs"`
	Judge    string   `help:"Source of the program that drives the reader through libfprint." default:"cmd/markaz-rig/fpcap/fpcap.c"`
	Programs []string `arg:"" help:"Programs under test: markaz and markaz-usb."`
}

// Run fails when a check did.
func (c usbCmd) Run(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	m := machine.Machine{Cache: c.Cache, Init: self, Programs: c.Programs, Profiles: c.Profiles, Judge: c.Judge}
	return m.Run(ctx, os.Stdout)
}

type cutCmd struct {
	Cache   string `help:"Folder for the kernel, kept from run to run." default:".cache/rig"`
	Cuts    int    `help:"How often the plug is pulled." default:"20"`
	Seed    uint64 `help:"Of the moments and of what the drive forgets." default:"1"`
	Program string `arg:"" type:"existingfile" help:"The writer: markaz-torture."`
}

// Run fails when a promise was broken, and when a drive that lies about its flushes breaks none.
func (c cutCmd) Run(ctx context.Context) error {
	got, err := c.do(ctx, false, os.Stdout)
	if err != nil {
		return err
	}
	fmt.Println(got)
	control, err := c.do(ctx, true, io.Discard)
	if err == nil {
		return errNoTeeth
	}
	if !errors.Is(err, scribe.ErrBroken) || control.Cuts == 0 {
		return fmt.Errorf("the control: %w", err)
	}
	what, _, _ := strings.Cut(err.Error(), "; the end of its console")
	fmt.Printf("control: a lying drive was caught after %d cuts: %s\n", control.Cuts, what)
	return nil
}

func (c cutCmd) do(ctx context.Context, lying bool, out io.Writer) (scribe.Result, error) {
	work, err := os.MkdirTemp("", "markaz-rig-")
	if err != nil {
		return scribe.Result{}, err
	}
	defer os.RemoveAll(work)
	self, err := os.Executable()
	if err != nil {
		return scribe.Result{}, err
	}
	m := &machine.Small{Cache: c.Cache, Init: self, Program: c.Program, Drive: filepath.Join(work, "nbd"), Work: work}
	image := filepath.Join(work, "image")
	if err := errors.Join(m.Prepare(ctx), scribe.Format(ctx, image)); err != nil {
		return scribe.Result{}, err
	}
	d, err := drive.Open(image)
	if err != nil {
		return scribe.Result{}, err
	}
	d.Lying = lying
	r := scribe.Run{Machine: m, Drive: d, Cuts: c.Cuts, Seed: c.Seed, Out: out}
	got, err := r.Do(ctx)
	return got, errors.Join(err, d.Close())
}

type printerCmd struct {
	Witness string `required:"" help:"Serial line on which papers are told."`
}

// Run is over when systemd ends it.
func (c printerCmd) Run(ctx context.Context) error { return guest.Printer(ctx, c.Witness) }

// debian is what both words about a whole Debian need.
type debian struct {
	Cache string `help:"Folder for the kernel, kept from run to run." default:".cache/rig"`
	Drive string `arg:"" type:"existingfile" help:"The drive, as cmd/markaz-rig/debian/image.sh made it. It is copied, not changed."`
}

// with copies the drive and prepares the machine, for use.
func (c debian) with(ctx context.Context, use func(m *machine.Debian, d *drive.Drive, image string) error) error {
	work, err := os.MkdirTemp("", "markaz-rig-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	image := filepath.Join(work, "image")
	if out, err := exec.CommandContext(ctx, "cp", "--sparse=always", c.Drive, image).CombinedOutput(); err != nil {
		return fmt.Errorf("copy the drive: %w: %s", err, out)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	at, err := berth.Addresses(2)
	if err != nil {
		return err
	}
	m := &machine.Debian{Cache: c.Cache, Init: self, Drive: filepath.Join(work, "nbd"), Public: at[0], Desks: at[1], Work: work}
	if err := m.Prepare(ctx); err != nil {
		return err
	}
	d, err := drive.Open(image)
	if err != nil {
		return err
	}
	return errors.Join(use(m, d, image), d.Close())
}

type bootCmd struct {
	debian
	Kills   int    `help:"How often the plug is pulled." default:"20"`
	Seed    uint64 `help:"Of the moments and of what the drive forgets." default:"1"`
	Lying   bool   `help:"A control, which must lose: the drive says that it flushed and did not."`
	Program string `help:"The box's program, which checks the ledger at the end." default:"bin/markaz"`
}

// Run fails when a promise was broken. As a control it fails when none was.
func (c bootCmd) Run(ctx context.Context) error {
	return c.with(ctx, func(m *machine.Debian, d *drive.Drive, image string) error {
		d.Lying = c.Lying
		r := blackout.Run{Machine: m, Drive: d, Image: image, Program: c.Program, Kills: c.Kills, Seed: c.Seed, Out: os.Stdout}
		got, err := r.Do(ctx)
		return c.judge(got, err)
	})
}

var errNoTeeth = errors.New("the drive lied and nothing was lost, so this run would notice nothing")

// judge turns a control about: it must find something.
func (c bootCmd) judge(got blackout.Result, err error) error {
	switch {
	case c.Lying && errors.Is(err, blackout.ErrBroken) && got.Kills > 0:
		fmt.Printf("the control was caught after %d kills: %v\n", got.Kills, err)
		return nil
	case c.Lying && err == nil:
		return errNoTeeth
	case err == nil:
		fmt.Println(got)
	}
	return err
}

type updateCmd struct {
	debian
	Stick string `required:"" type:"existingfile" help:"The stick, as cmd/markaz-rig/debian/stick-image.sh made it."`
	To    string `required:"" help:"The version of the good update."`
}

// Run fails when an update did not end as it must.
func (c updateCmd) Run(ctx context.Context) error {
	return c.with(ctx, func(m *machine.Debian, d *drive.Drive, _ string) error {
		m.Stick = c.Stick
		s := blackout.Stick{Machine: m, Drive: d, To: c.To, Out: os.Stdout}
		return s.Do(ctx)
	})
}
