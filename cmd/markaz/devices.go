package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"markaz.example/devices/kit"
	"markaz.example/devices/profile"
	"markaz.example/devices/workshop"
	"markaz.example/edge/box"
)

// devicesCmd is what a technician does with devices.
type devicesCmd struct {
	List   listCmd   `cmd:"" help:"Show what is plugged in, and which configured device it is."`
	Probe  probeCmd  `cmd:"" help:"Ask devices what they are and how they are. The box must be stopped."`
	Apply  applyCmd  `cmd:"" help:"Write the firmware parameters of the profiles into devices, and read them back. The box must be stopped."`
	Record recordCmd `cmd:"" help:"Record what the box and a device say to each other. The box must be stopped."`
}

// boxFile is the argument of every command on devices.
type boxFile struct {
	Config string `help:"The box's configuration, in TOML." default:"/etc/markaz/box.toml"`
}

// workshop hands on what of the configuration is about devices.
func (f boxFile) workshop() (*workshop.Workshop, error) {
	config, err := box.Load(f.Config)
	if err != nil {
		return nil, err
	}
	w := &workshop.Workshop{Profiles: os.DirFS(config.Profiles)}
	for _, d := range config.Devices {
		w.Devices = append(w.Devices, workshop.Device{
			Name: d.Name, Profile: d.Profile, Wire: kit.Wire{Serial: d.Serial, TCP: d.TCP, USB: d.USB, Service: d.Service},
		})
	}
	return w, nil
}

type listCmd struct{ boxFile }

// Run shows what is plugged in even where no box is configured yet.
func (c listCmd) Run() error {
	w, err := c.workshop()
	if errors.Is(err, os.ErrNotExist) {
		fmt.Fprintf(os.Stderr, "markaz: %v; showing only what is plugged in\n", err)
		w, err = &workshop.Workshop{}, nil
	}
	if err != nil {
		return err
	}
	rows, err := w.List()
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		fmt.Println("Nothing is configured, and nothing is plugged in.")
		return nil
	}
	return printRows(os.Stdout, rows)
}

func printRows(out io.Writer, rows []workshop.Row) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tKIND\tWIRE\tNODE\tSOCKET\tUSB ID\tSERIAL\tDEVICE")
	for _, r := range rows {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", dash(r.Name), dash(r.Kind), dash(r.Wire), dash(r.Node),
			dash(r.Socket), dash(r.ID), dash(r.Serial), dash(r.Label))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, r := range rows {
		if r.Trouble != nil {
			fmt.Fprintf(out, "%s: %v\n", r.Name, r.Trouble)
		}
	}
	return nil
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// named is the argument of commands on some devices.
type named struct {
	Names []string `arg:"" optional:"" help:"Names of devices, as in the configuration; all when left out."`
}

type probeCmd struct {
	boxFile
	named
}

func (c probeCmd) Run(ctx context.Context) error {
	w, err := c.workshop()
	if err != nil {
		return err
	}
	reports, err := w.Probe(ctx, c.Names...)
	return errors.Join(err, printReports(os.Stdout, reports))
}

type applyCmd struct {
	boxFile
	named
}

func (c applyCmd) Run(ctx context.Context) error {
	w, err := c.workshop()
	if err != nil {
		return err
	}
	reports, err := w.Apply(ctx, c.Names...)
	return errors.Join(err, printReports(os.Stdout, reports))
}

// printReports shows every device; the error says how many of them were in trouble.
func printReports(out io.Writer, reports []workshop.Report) error {
	failed := 0
	for _, r := range reports {
		fmt.Fprintf(out, "%s: %s\n", r.Name, dash(r.Model))
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		for _, f := range r.Facts {
			fmt.Fprintf(table, "  %s\t%s\n", f.Key, f.Value)
		}
		for _, s := range r.Settings {
			fmt.Fprintf(table, "  %s\t%s\n", s.Key, outcome(s))
		}
		if err := table.Flush(); err != nil {
			return err
		}
		if r.Err != nil {
			failed++
			fmt.Fprintf(out, "  failed: %v\n", r.Err)
		}
		if advice := workshop.Advice(r.Err); advice != "" {
			fmt.Fprintf(out, "  %s\n", advice)
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d devices failed", failed, len(reports))
	}
	return nil
}

func outcome(s profile.Setting) string {
	switch {
	case s.Err != nil:
		return fmt.Sprintf("%s, want %s: %v", dash(s.Now), s.Want, s.Err)
	case s.Now == "":
		return fmt.Sprintf("%s written; the device cannot be asked for it", s.Want)
	case s.Was == s.Now:
		return fmt.Sprintf("%s, as it was", s.Now)
	}
	return fmt.Sprintf("%s, was %s", s.Now, dash(s.Was))
}

type recordCmd struct {
	boxFile
	Device string        `arg:"" help:"Name of the device, as in the configuration."`
	Out    string        `required:"" help:"The tape to write. Pictures and fingerprints are never on it." placeholder:"FILE"`
	For    time.Duration `default:"30s" help:"How long to record, up to an hour."`
}

// Run refuses to write over a tape: the device that it met may be far away by now.
func (c recordCmd) Run(ctx context.Context) error {
	w, err := c.workshop()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("make a tape: %w", err)
	}
	err = w.Record(ctx, c.Device, f, c.For)
	size, _ := f.Seek(0, io.SeekCurrent)
	err = errors.Join(err, f.Close())
	if size == 0 {
		return errors.Join(advised(err), os.Remove(c.Out))
	}
	fmt.Printf("%s: recorded in %s\n", c.Device, c.Out)
	return advised(err)
}

// advised puts what to do behind an error.
func advised(err error) error {
	if advice := workshop.Advice(err); advice != "" {
		return fmt.Errorf("%w\n%s", err, advice)
	}
	return err
}
