package workshop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"time"

	"markaz.example/devices/kit"
	"markaz.example/devices/plug"
	"markaz.example/devices/port"
	"markaz.example/devices/profile"
	"markaz.example/devices/tape"
	"markaz.example/devices/usb"
)

// ErrName is returned for a device that is not configured.
var ErrName = errors.New("no such device in the configuration")

// ErrLength is returned for a recording that is too long or none.
var ErrLength = errors.New("a recording may last from a second to an hour")

// Device is one device of the configuration.
type Device struct {
	Name    string
	Profile string
	Wire    kit.Wire
}

// Workshop is the configured devices and the machine they are plugged into.
type Workshop struct {
	Profiles fs.FS // firmware-configs
	Devices  []Device
	Sys      fs.FS        // nil means the kernel's
	USB      usb.Socket   // of markaz-usb; the zero Socket means its usual place
	Log      *slog.Logger // nil means silence
}

// Report is what came of one device.
type Report struct {
	Name     string
	Model    string            // from its profile
	Facts    []profile.Fact    // of Probe
	Settings []profile.Setting // of Apply
	Err      error
}

// Probe asks the named devices, or all, one after the other.
func (w *Workshop) Probe(ctx context.Context, names ...string) ([]Report, error) {
	return w.each(ctx, names, probeWait, func(ctx context.Context, d kit.Device, r *Report) {
		r.Facts, r.Err = d.Probe(ctx)
	})
}

// Apply sets the named devices, or all, one after the other.
func (w *Workshop) Apply(ctx context.Context, names ...string) ([]Report, error) {
	return w.each(ctx, names, applyWait, func(ctx context.Context, d kit.Device, r *Report) {
		r.Settings, r.Err = d.Apply(ctx)
		for _, s := range r.Settings {
			if s.Err != nil {
				r.Err = errors.Join(r.Err, fmt.Errorf("%s: %w", s.Key, s.Err))
			}
		}
	})
}

// each does something to devices, and reports of every one. The error is of a name that is not known, before anything
// is done.
func (w *Workshop) each(ctx context.Context, names []string, wait time.Duration, do func(context.Context, kit.Device, *Report)) ([]Report, error) {
	devices, err := w.named(names)
	if err != nil {
		return nil, err
	}
	var all []Report
	for _, d := range devices {
		r := Report{Name: d.Name}
		if built, err := w.open(d); err != nil {
			r.Err = err
		} else {
			one, cancel := context.WithTimeout(ctx, wait)
			r.Model = built.Model
			do(one, built, &r)
			cancel()
		}
		all = append(all, r)
	}
	return all, nil
}

func (w *Workshop) open(d Device) (kit.Device, error) {
	return w.machine(nil).Open(d.Profile, d.Wire)
}

func (w *Workshop) machine(ring func() *tape.Ring) kit.Machine {
	return kit.Machine{Profiles: w.Profiles, USB: w.USB, Ring: ring, Log: w.Log}
}

// named is the devices of these names, in this order; all without names.
func (w *Workshop) named(names []string) ([]Device, error) {
	if len(names) == 0 {
		return w.Devices, nil
	}
	var found []Device
	for _, name := range names {
		i := slices.IndexFunc(w.Devices, func(d Device) bool { return d.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("%q: %w, which has %s", name, ErrName, w.list())
		}
		found = append(found, w.Devices[i])
	}
	return found, nil
}

func (w *Workshop) list() string {
	if len(w.Devices) == 0 {
		return "none"
	}
	var names []string
	for _, d := range w.Devices {
		names = append(names, d.Name)
	}
	return strings.Join(names, ", ")
}

// Record lets a device's driver run for so long and writes a tape of it, masked as its class asks. What was recorded is
// written even when the driver ended early, whose error then follows.
func (w *Workshop) Record(ctx context.Context, name string, to io.Writer, d time.Duration) error {
	if d < time.Second || d > recordMax {
		return fmt.Errorf("record for %v: %w", d, ErrLength)
	}
	devices, err := w.named([]string{name})
	if err != nil {
		return err
	}
	device, err := w.machine(tape.Recording).Open(devices[0].Profile, devices[0].Wire)
	switch {
	case err != nil:
		return err
	case device.Ring == nil:
		return fmt.Errorf("record a %s: %w", device.Class, kit.ErrCannot)
	}
	began := time.Now()
	running, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	err = device.Driver.Run(running)
	if running.Err() != nil {
		err = nil
	}
	recorded := tape.Tape{Class: device.Class, Profile: device.Profile, Began: began, Exchanges: device.Ring.Last()}
	if lost := device.Ring.Lost(); lost > 0 {
		err = errors.Join(err, fmt.Errorf("the first %d exchanges were too many and are not on the tape", lost))
	}
	if len(recorded.Exchanges) == 0 && err != nil {
		return fmt.Errorf("record %s: %w", name, err)
	}
	return errors.Join(recorded.Write(to), err)
}

// Advice is what to do about an error, in words for a technician; empty when the error says it all.
func Advice(err error) string {
	for _, a := range []struct {
		is   error
		text string
	}{
		{port.ErrBusy, "The running box has this device. Look at its device page, or stop the box first: systemctl stop markaz"},
		{plug.ErrAmbiguous, "See which socket is which with: markaz devices list"},
		{port.ErrGone, "See what is plugged in with: markaz devices list"},
		{fs.ErrNotExist, "See what is plugged in with: markaz devices list"},
		{fs.ErrPermission, "Run this with sudo, or as a member of the group dialout."},
		{port.ErrSilent, "Is it switched on, and is it the model that its profile says?"},
		{port.ErrBabble, "Is it the model that its profile says, at the speed that its profile says?"},
	} {
		if errors.Is(err, a.is) {
			return a.text
		}
	}
	return ""
}
