package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"markaz.example/edge/box"
	"markaz.example/edge/bundle"
	"markaz.example/edge/doctor"
)

// bundleCmd gathers what helps somebody who is not here.
type bundleCmd struct {
	boxConfig
	To    string `default:"." type:"existingdir" help:"Where the file goes." placeholder:"DIR"`
	Lines int    `default:"2000" help:"How many of the newest lines of the log." placeholder:"N"`
}

// Run writes the file, whether or not the box runs, and says what is in it.
func (c bundleCmd) Run(ctx context.Context) error {
	now := time.Now()
	path := filepath.Join(c.To, fmt.Sprintf("markaz-support-%s.zip", now.UTC().Format("20060102-150405")))
	parts := c.parts(ctx)
	if err := bundle.Save(path, now, parts); err != nil {
		return err
	}
	fmt.Printf("%s holds\n", path)
	for _, p := range parts {
		fmt.Printf("  %-16s %s\n", p.Name, p.What)
	}
	fmt.Println("Numbers of people, keys, PINs and tokens are masked. Look into it before you give it away.")
	return nil
}

func (c bundleCmd) parts(ctx context.Context) []bundle.Part {
	found := doctor.Examine(ctx, patient(c.Config), doctor.Checks())
	return append([]bundle.Part{
		{Name: "doctor.txt", What: "what markaz doctor found", Read: func() (io.Reader, error) {
			var b bytes.Buffer
			return &b, doctor.Print(&b, found)
		}},
		{Name: "doctor.json", What: "the same for programs", Read: func() (io.Reader, error) {
			b, err := json.MarshalIndent(found, "", "  ")
			return bytes.NewReader(b), err
		}},
		{Name: "box.toml", What: "the configuration", Read: func() (io.Reader, error) {
			b, err := os.ReadFile(c.Config)
			return bytes.NewReader(b), err
		}},
		{Name: "diagnosis.txt", What: "what the running box says: ledger, road, conditions, devices, packs, log", Read: func() (io.Reader, error) { return c.diagnosis(ctx) }},
		output(ctx, "log.txt", "the newest lines of the journal", "journalctl", "--no-pager", "-o", "short-iso", "-n", strconv.Itoa(c.Lines), "-u", "markaz", "-u", "markaz-usb"),
		output(ctx, "units.txt", "how systemd finds the units", "systemctl", "status", "--no-pager", "--lines=0", "markaz", "markaz-usb"),
	}, machineParts()...)
}

// diagnosis is what headquarters would be told, if it wished and the people here allowed it.
func (c bundleCmd) diagnosis(ctx context.Context) (io.Reader, error) {
	config, err := box.Load(c.Config)
	if err != nil {
		return nil, err
	}
	var got box.Diagnosis
	err = box.NewDoorClient(config).Call(ctx, "GET", "/diagnosis", nil, &got)
	return bytes.NewReader([]byte(got.Text)), err
}

// output is a part that another program of the machine writes. What it says before it fails is kept.
func output(ctx context.Context, name, what, program string, args ...string) bundle.Part {
	return bundle.Part{Name: name, What: what, Read: func() (io.Reader, error) {
		out, err := exec.CommandContext(ctx, program, args...).CombinedOutput()
		if _, ended := errors.AsType[*exec.ExitError](err); ended {
			err = nil // systemctl ends with what it found
		}
		return bytes.NewReader(out), err
	}}
}

// machineParts are facts of the machine, as the kernel tells them.
func machineParts() (out []bundle.Part) {
	for _, f := range []struct{ path, what string }{
		{"/proc/version", "the kernel"}, {"/proc/mounts", "file systems and their options"}, {"/proc/swaps", "swap"},
		{"/proc/meminfo", "memory"}, {"/proc/loadavg", "load"}, {"/proc/uptime", "since when"}, {"/proc/partitions", "disks"},
		{"/proc/net/dev", "what went over each interface"}, {"/etc/os-release", "the system"},
	} {
		out = append(out, bundle.Part{Name: "machine/" + filepath.Base(f.path) + ".txt", What: f.what, Read: func() (io.Reader, error) {
			b, err := os.ReadFile(f.path)
			return bytes.NewReader(b), err
		}})
	}
	return out
}
