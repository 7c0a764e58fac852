package workshop

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"markaz.example/devices/kit"
	"markaz.example/devices/plug"
	"markaz.example/devices/plug/plugtest"
	"markaz.example/devices/port"
	"markaz.example/devices/printer"
	"markaz.example/devices/profile"
	"markaz.example/devices/tape"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var shipped = os.DirFS("../../firmware-configs")

const epson = "printer-epson-tm-t20iii.toml"

func TestList(t *testing.T) {
	node := filepath.Join(t.TempDir(), "ttyS0")
	link := filepath.Join(t.TempDir(), "printer-1")
	if err := errors.Join(os.WriteFile(node, nil, 0o600), os.Symlink(node, link)); err != nil {
		t.Fatal(err)
	}
	w := &Workshop{Profiles: shipped, Sys: plugtest.Centre(), Devices: []Device{
		{"hall-1", epson, kit.Wire{Serial: "usb:serial=A50285BI"}},
		{"hall-2", epson, kit.Wire{TCP: "10.1.0.9:9100"}},
		{"hall-3", epson, kit.Wire{Serial: "usb:product=1a86:7523"}},
		{"hall-4", epson, kit.Wire{Serial: link}},
		{"hall-5", "none.toml", kit.Wire{Serial: "usb:serial=nobody"}},
		{"hall-6", epson, kit.Wire{Serial: "/dev/no-such-line"}},
	}}
	got, err := w.List()
	if err != nil {
		t.Fatal(err)
	}
	want := []Row{
		{Name: "hall-1", Kind: "printer", Profile: epson, Wire: "usb:serial=A50285BI", Node: "/dev/ttyUSB2", Socket: "1-2.3", ID: "0403:6001", Label: "FTDI FT232R USB UART", Serial: "A50285BI"},
		{Name: "hall-2", Kind: "printer", Profile: epson, Wire: "10.1.0.9:9100"},
		{Name: "hall-3", Kind: "printer", Profile: epson, Wire: "usb:product=1a86:7523", Trouble: plug.ErrAmbiguous},
		{Name: "hall-4", Kind: "printer", Profile: epson, Wire: link, Node: node},
		{Name: "hall-5", Profile: "none.toml", Wire: "usb:serial=nobody", Trouble: port.ErrGone},
		{Name: "hall-6", Kind: "printer", Profile: epson, Wire: "/dev/no-such-line", Trouble: port.ErrGone},
		{Kind: "serial line", Wire: "usb:socket=1-2.1", Node: "/dev/ttyUSB0", Socket: "1-2.1", ID: "1a86:7523", Label: "USB Serial"},
		{Kind: "serial line", Wire: "usb:socket=1-2.2", Node: "/dev/ttyACM0", Socket: "1-2.2", ID: "2109:7638", Label: "Fingerprint module"},
		{Kind: "serial line", Wire: "usb:socket=1-2.4", Node: "/dev/ttyUSB1", Socket: "1-2.4", ID: "1a86:7523", Label: "USB Serial"},
		{Kind: "serial line", Wire: "usb:serial=FT7XK1,port=1", Node: "/dev/ttyUSB3", Socket: "1-3", ID: "0403:6010", Label: "Dual RS232", Serial: "FT7XK1"},
		{Kind: "serial line", Wire: "usb:serial=FT7XK1,port=2", Node: "/dev/ttyUSB4", Socket: "1-3", ID: "0403:6010", Label: "Dual RS232", Serial: "FT7XK1"},
		{Kind: "printer", Socket: "1-5", ID: "04b8:0202", Label: "EPSON TM-T88V", Serial: "4D5144"},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateErrors()); diff != "" {
		t.Error(diff)
	}
	for _, r := range got { // what is suggested is found
		if r.Name == "" && r.Wire != "" {
			where, err := plug.ParseWhere(r.Wire)
			if err != nil {
				t.Error(err)
			}
			if node, err := plug.Find(w.Sys, where); node != r.Node || err != nil {
				t.Errorf("%s finds %s, %v, want %s", r.Wire, node, err, r.Node)
			}
		}
	}
}

// inBubble is a workshop with one printer that works.
func inBubble(t *testing.T, story func(t *testing.T, w *Workshop, sim *printer.Sim)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		sim := &printer.Sim{Cutter: true, ID: printer.Identity{Maker: "EPSON", Model: "TM-T20III"}}
		ctx, stop := context.WithCancel(t.Context())
		var life sync.WaitGroup
		life.Go(func() { sim.Run(ctx) })
		story(t, &Workshop{Profiles: shipped, Devices: []Device{
			{"hall-1", epson, kit.Wire{Port: sim}},
			{"hall-2", epson, kit.Wire{Port: busy{}}},
			{"hall-3", "none.toml", kit.Wire{Port: sim}},
		}}, sim)
		stop()
		life.Wait()
	})
}

// busy is a line that the running box has.
type busy struct{}

func (busy) Open(context.Context) (io.ReadWriteCloser, error) { return nil, port.ErrBusy }

func TestProbe(t *testing.T) {
	inBubble(t, func(t *testing.T, w *Workshop, sim *printer.Sim) {
		sim.SetPaper(1000)
		got, err := w.Probe(t.Context())
		want := []Report{
			{Name: "hall-1", Model: "Epson TM-T20III, 80 mm, serial and USB", Facts: []profile.Fact{
				{Key: "maker", Value: "EPSON"}, {Key: "model", Value: "TM-T20III"}, {Key: "state", Value: "ready"}, {Key: "paper", Value: "near its end"},
			}},
			{Name: "hall-2", Model: "Epson TM-T20III, 80 mm, serial and USB", Err: port.ErrBusy},
			{Name: "hall-3", Err: os.ErrNotExist},
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateErrors()); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
		if !strings.Contains(Advice(got[1].Err), "stop the box") {
			t.Errorf("busy: %q", Advice(got[1].Err))
		}
		one, err := w.Probe(t.Context(), "hall-2")
		if len(one) != 1 || one[0].Name != "hall-2" || err != nil {
			t.Errorf("one of them: %+v, %v", one, err)
		}
		if _, err := w.Probe(t.Context(), "hall-9"); !errors.Is(err, ErrName) || !strings.Contains(err.Error(), "hall-1, hall-2, hall-3") {
			t.Errorf("a name that is none: %v", err)
		}
	})
}

func TestApply(t *testing.T) {
	inBubble(t, func(t *testing.T, w *Workshop, _ *printer.Sim) {
		got, err := w.Apply(t.Context(), "hall-1")
		if err != nil || len(got) != 1 || len(got[0].Settings) == 0 || got[0].Settings[0].Now != got[0].Settings[0].Want || got[0].Err != nil {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestRecord(t *testing.T) {
	inBubble(t, func(t *testing.T, w *Workshop, _ *printer.Sim) {
		var out strings.Builder
		began := time.Now()
		if err := w.Record(t.Context(), "hall-1", &out, 30*time.Second); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > 31*time.Second {
			t.Errorf("took %v", took)
		}
		got, err := tape.Read(strings.NewReader(out.String()))
		if err != nil || got.Class != "printer" || got.Profile != epson || len(got.Exchanges) < 20 {
			t.Errorf("%v; %s, %s, %d exchanges", err, got.Class, got.Profile, len(got.Exchanges))
		}
		out.Reset()
		if err := w.Record(t.Context(), "hall-2", &out, time.Second); !errors.Is(err, port.ErrBusy) || out.Len() > 0 {
			t.Errorf("busy: %v, %d bytes", err, out.Len())
		}
		for _, d := range []time.Duration{0, 2 * time.Hour} {
			if err := w.Record(t.Context(), "hall-1", &out, d); !errors.Is(err, ErrLength) {
				t.Errorf("for %v: %v", d, err)
			}
		}
		if err := w.Record(t.Context(), "hall-9", &out, time.Second); !errors.Is(err, ErrName) {
			t.Errorf("a name that is none: %v", err)
		}
	})
}

// What was heard before the plug was pulled is on the tape.
func TestRecordKeepsWhatItHas(t *testing.T) {
	inBubble(t, func(t *testing.T, w *Workshop, sim *printer.Sim) {
		w.Devices[0].Wire.Port = short{sim}
		var out strings.Builder
		err := w.Record(t.Context(), "hall-1", &out, time.Minute)
		if !errors.Is(err, port.ErrGone) || strings.Count(out.String(), "\n") < 10 {
			t.Errorf("%v\n%s", err, out.String())
		}
	})
}

// short is a cable that comes out after 10 s.
type short struct{ port.Opener }

func (s short) Open(ctx context.Context) (io.ReadWriteCloser, error) {
	conn, err := s.Opener.Open(ctx)
	if err == nil {
		time.AfterFunc(10*time.Second, func() { conn.Close() })
	}
	return gone{conn}, err
}

type gone struct{ io.ReadWriteCloser }

func (g gone) Read(b []byte) (int, error) {
	n, err := g.ReadWriteCloser.Read(b)
	if errors.Is(err, port.ErrClosed) {
		err = port.ErrGone
	}
	return n, err
}
