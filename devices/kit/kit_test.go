package kit

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"markaz.example/devices/plug"
	"markaz.example/devices/port"
	"markaz.example/devices/printer"
	"markaz.example/devices/rack"
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
		d, err := Open(shipped, filepath.Base(f), Wire{Serial: "/dev/ttyS0"}, nil)
		if err != nil {
			t.Error(err)
			continue
		}
		if _, ok := d.Driver.(rack.Watcher); !ok || d.Class == "" || d.Model == "" || d.Tap.Mask == nil || d.Profile != filepath.Base(f) {
			t.Errorf("%s: %+v", f, d)
		}
	}
}

func TestWires(t *testing.T) {
	for _, c := range []struct {
		wire Wire
		want error
	}{
		{Wire{Serial: "usb:serial=A50285BI"}, nil},
		{Wire{TCP: "10.1.0.9:9100"}, nil},
		{Wire{Port: port.TCP{}}, nil},
		{Wire{}, ErrWire},
		{Wire{Serial: "/dev/ttyS0", TCP: "10.1.0.9:9100"}, ErrWire},
		{Wire{TCP: "10.1.0.9:9100", Port: port.TCP{}}, ErrWire},
		{Wire{Serial: "usb:colour=red"}, plug.ErrWhere},
	} {
		if _, err := Open(shipped, "printer-epson-tm-t20iii.toml", c.wire, nil); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v, want %v", c.wire, err, c.want)
		}
	}
	if _, err := Open(fstest.MapFS{}, "none.toml", Wire{TCP: "10.1.0.9:9100"}, nil); err == nil {
		t.Error("a missing profile was opened")
	}
}

// A device from the kit works, and its tap hears it.
func TestPrinterWorks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := &printer.Sim{Cutter: true}
		d, err := Open(shipped, "printer-epson-tm-t20iii.toml", Wire{Port: sim}, nil)
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
		if got := d.Tap.Ring.Last(); len(got) == 0 || got[len(got)-1].String() == "" {
			t.Errorf("heard %v", got)
		}
		stop()
		parts.Wait()
	})
}
