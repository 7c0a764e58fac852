package kit

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"markaz.example/devices/finger/zfm"
	"markaz.example/devices/plug"
	"markaz.example/devices/port"
	"markaz.example/devices/printer"
	"markaz.example/devices/profile"
	"markaz.example/devices/rack"
	"markaz.example/devices/scale"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var shipped = os.DirFS("../../firmware-configs")

// Every model that comes with the box has a driver that a rack can watch.
func TestEveryShippedProfileHasADriver(t *testing.T) {
	files, err := filepath.Glob("../../firmware-configs/*.toml")
	if err != nil || len(files) < 2 {
		t.Fatalf("found %q, %v", files, err)
	}
	for _, f := range files {
		d, err := Machine{Profiles: trusted{shipped}}.Open(filepath.Base(f), wireOf(filepath.Base(f)))
		if strings.HasPrefix(filepath.Base(f), "paypoint-") && errors.Is(err, ErrWire) {
			continue
		}
		if err != nil {
			t.Error(err)
			continue
		}
		if _, ok := d.Driver.(rack.Watcher); !ok || d.Class == "" || d.Model == "" || d.Facts() != nil || d.Profile != filepath.Base(f) {
			t.Errorf("%s: %+v", f, d)
		}
	}
}

// wireOf is a wire that a model can hang on.
func wireOf(file string) Wire {
	switch file {
	case "finger-uareu-4500.toml":
		return Wire{USB: "only"}
	case "finger-mosip-sbi.toml":
		return Wire{Service: "any"}
	}
	return Wire{Serial: "/dev/ttyS0"}
}

// trusted adds trust roots, which come from the provider of a certified reader and not with the box.
type trusted struct{ fs.FS }

func (t trusted) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, ".pem") {
		return os.Open("testdata/roots.pem")
	}
	return t.FS.Open(name)
}

func TestWires(t *testing.T) {
	for _, c := range []struct {
		wire Wire
		want error
	}{
		{Wire{Serial: "usb:serial=A50285BI"}, nil},
		{Wire{TCP: "10.1.0.9:9100"}, nil},
		{Wire{USB: "1-2.4"}, nil},
		{Wire{Service: "any"}, ErrWire},
		{Wire{Port: port.TCP{}}, nil},
		{Wire{}, ErrWire},
		{Wire{Serial: "/dev/ttyS0", TCP: "10.1.0.9:9100"}, ErrWire},
		{Wire{TCP: "10.1.0.9:9100", Port: port.TCP{}}, ErrWire},
		{Wire{Serial: "usb:colour=red"}, plug.ErrWhere},
	} {
		if _, err := (Machine{Profiles: shipped}).Open("printer-epson-tm-t20iii.toml", c.wire); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v, want %v", c.wire, err, c.want)
		}
	}
	for _, file := range []string{"finger-uareu-4500.toml", "finger-mosip-sbi.toml"} {
		if _, err := (Machine{Profiles: shipped}).Open(file, Wire{Serial: "/dev/ttyS0"}); !errors.Is(err, ErrWire) {
			t.Errorf("%s on a serial line: %v", file, err)
		}
	}
	if _, err := (Machine{Profiles: fstest.MapFS{}}).Open("none.toml", Wire{TCP: "10.1.0.9:9100"}); err == nil {
		t.Error("a missing profile was opened")
	}
}

// A device from the kit works, and its tap hears it.
func TestPrinterWorks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := &printer.Sim{Cutter: true}
		d, err := Machine{Profiles: shipped}.Open("printer-epson-tm-t20iii.toml", Wire{Port: sim})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		var parts sync.WaitGroup
		parts.Go(func() { sim.Run(ctx) })
		parts.Go(func() { d.Driver.Run(ctx) })
		time.Sleep(time.Minute)
		if err := d.Driver.(rack.Printer).State().Ready(); err != nil {
			t.Error(err)
		}
		if facts := d.Facts(); len(facts) == 0 || facts[0].Value != "ready" {
			t.Errorf("facts %+v", facts)
		}
		if got := d.Ring.Last(); len(got) == 0 || got[len(got)-1].String() == "" {
			t.Errorf("heard %v", got)
		}
		stop()
		parts.Wait()
	})
}

// A scale and a serial fingerprint reader tell what they are and take their settings, with nothing running before or after.
func TestProbeAndApply(t *testing.T) {
	for _, c := range []struct {
		file string
		sim  interface {
			port.Opener
			Run(context.Context) error
		}
		fact, setting string
	}{
		{"scale-mt-bba231.toml", &scale.Sim{}, "serial number", "firmware.unit"},
		{"finger-zfm-20.toml", &zfm.Sim{}, "fingers kept", "security"},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			var life sync.WaitGroup
			life.Go(func() { c.sim.Run(ctx) })
			d, err := Machine{Profiles: shipped}.Open(c.file, Wire{Port: c.sim})
			if err != nil {
				t.Fatal(err)
			}
			facts, err := d.Probe(ctx)
			if err != nil || !slices.ContainsFunc(facts, func(f profile.Fact) bool { return f.Key == c.fact && f.Value != "" }) {
				t.Errorf("%s: facts %+v, %v", c.file, facts, err)
			}
			settings, err := d.Apply(ctx)
			if err != nil || !slices.ContainsFunc(settings, func(s profile.Setting) bool { return s.Key == c.setting }) {
				t.Errorf("%s: settings %+v, %v", c.file, settings, err)
			}
			stop()
			life.Wait()
		})
	}
}

// A device that does not answer is given up when the context ends, and says why.
func TestProbeOfNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, err := Machine{Profiles: shipped}.Open("scale-mt-bba231.toml", Wire{Port: gone{}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Probe(t.Context()); !errors.Is(err, port.ErrGone) {
			t.Errorf("no port: %v", err)
		}
	})
	d, err := Machine{Profiles: shipped}.Open("finger-uareu-4500.toml", Wire{USB: "only"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Apply(t.Context()); !errors.Is(err, ErrCannot) {
		t.Errorf("nothing to set: %v", err)
	}
}

type gone struct{}

func (gone) Open(context.Context) (io.ReadWriteCloser, error) { return nil, port.ErrGone }
