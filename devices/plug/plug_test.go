package plug

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"markaz.example/devices/plug/plugtest"
	"markaz.example/devices/port"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestListsWhatIsPluggedIn(t *testing.T) {
	got, err := List(plugtest.Centre())
	if err != nil {
		t.Fatal(err)
	}
	want := []Device{
		{Socket: "1-2.1", Vendor: 0x1a86, Product: 0x7523, Model: "USB Serial", Classes: []uint8{0xff}, Lines: []Line{{"/dev/ttyUSB0", 0}}},
		{Socket: "1-2.2", Vendor: 0x2109, Product: 0x7638, Model: "Fingerprint module", Classes: []uint8{2, 10}, Lines: []Line{{"/dev/ttyACM0", 0}}},
		{Socket: "1-2.3", Vendor: 0x0403, Product: 0x6001, Serial: "A50285BI", Maker: "FTDI", Model: "FT232R USB UART", Classes: []uint8{0xff}, Lines: []Line{{"/dev/ttyUSB2", 0}}},
		{Socket: "1-2.4", Vendor: 0x1a86, Product: 0x7523, Model: "USB Serial", Classes: []uint8{0xff}, Lines: []Line{{"/dev/ttyUSB1", 0}}},
		{Socket: "1-3", Vendor: 0x0403, Product: 0x6010, Serial: "FT7XK1", Model: "Dual RS232", Classes: []uint8{0xff, 0xff}, Lines: []Line{{"/dev/ttyUSB3", 0}, {"/dev/ttyUSB4", 1}}},
		{Socket: "1-5", Vendor: 0x04b8, Product: 0x0202, Serial: "4D5144", Maker: "EPSON", Model: "TM-T88V", Classes: []uint8{7}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got, err := List(fstest.MapFS{}); len(got) != 0 || err != nil {
		t.Errorf("a machine without USB: %v, %v", got, err)
	}
}

func TestFind(t *testing.T) {
	for _, c := range []struct{ where, want string }{
		{"/dev/ttyS0", "/dev/ttyS0"},
		{"usb:serial=A50285BI", "/dev/ttyUSB2"},
		{"usb:socket=1-2.4", "/dev/ttyUSB1"},
		{"usb:socket=1-2.1", "/dev/ttyUSB0"},
		{"usb:product=2109:7638", "/dev/ttyACM0"},
		{"usb:product=1a86:7523,socket=1-2.4", "/dev/ttyUSB1"},
		{"usb:serial=FT7XK1,port=1", "/dev/ttyUSB3"},
		{"usb:serial=FT7XK1,port=2", "/dev/ttyUSB4"},
	} {
		w, err := ParseWhere(c.where)
		if err != nil {
			t.Fatal(err)
		}
		if w.String() != c.where {
			t.Errorf("%s is written as %s", c.where, w)
		}
		if got, err := Find(plugtest.Centre(), w); got != c.want || err != nil {
			t.Errorf("%s: %q, %v, want %q", c.where, got, err, c.want)
		}
	}
}

// A printer, which has no serial line, is not found as one; two of the same kind are told apart by their sockets.
func TestFindSaysWhyNot(t *testing.T) {
	for _, c := range []struct {
		where string
		want  error
		says  []string
	}{
		{"usb:serial=4D5144", port.ErrGone, []string{"usb:serial=4D5144", "no serial line"}},
		{"usb:serial=nobody", port.ErrGone, nil},
		{"usb:serial=FT7XK1,port=3", port.ErrGone, nil},
		{"usb:product=1a86:7523", ErrAmbiguous, []string{"1-2.1", "1-2.4", "socket="}},
		{"usb:serial=FT7XK1", ErrAmbiguous, []string{"port 1", "port 2", "port="}},
	} {
		w, err := ParseWhere(c.where)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Find(plugtest.Centre(), w)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.where, err, c.want)
			continue
		}
		for _, word := range c.says {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("%s: %q does not say %q", c.where, err, word)
			}
		}
	}
	if _, err := Find(plugtest.Centre(), Where{}); !errors.Is(err, port.ErrGone) {
		t.Errorf("nothing said: %v", err)
	}
}

func TestParseWhereRefuses(t *testing.T) {
	for _, text := range []string{
		"", "ttyUSB0", "usb:", "usb:serial", "usb:serial=", "usb:serial=a,serial=b", "usb:product=1A86:7523",
		"usb:product=1a86", "usb:port=0", "usb:port=257", "usb:colour=red", "usb:socket=1-2,",
	} {
		if w, err := ParseWhere(text); !errors.Is(err, ErrWhere) {
			t.Errorf("%q: %+v, %v", text, w, err)
		}
	}
}

// A device that comes back under another name, as after a replug in the wrong order, is found under it.
func TestComesBackUnderAnotherName(t *testing.T) {
	sys := plugtest.Centre()
	line := Serial{Where: Where{Serial: "A50285BI"}, Baud: 9600, Sys: sys}
	plugtest.Unplug(sys, "1-2.3")
	if _, err := line.Open(t.Context()); !errors.Is(err, port.ErrGone) {
		t.Errorf("unplugged: %v", err)
	}
	sys = plugtest.Centre()
	plugtest.Rename(sys, "ttyUSB2", "ttyUSB7")
	if got, err := Find(sys, line.Where); got != "/dev/ttyUSB7" || err != nil {
		t.Errorf("back under another name: %q, %v", got, err)
	}
}

func TestSerialOpensANode(t *testing.T) {
	far, err := port.NewPTY(filepath.Join(t.TempDir(), "line"))
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	line, err := Serial{Where: Where{Node: far.Link()}, Baud: 9600}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := line.Close(); err != nil {
		t.Error(err)
	}
}

func FuzzParseWhere(f *testing.F) {
	for _, s := range []string{"/dev/ttyS0", "usb:serial=A50285BI", "usb:product=1a86:7523,socket=1-2.4,port=2", "usb:,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w, err := ParseWhere(text)
		if err != nil {
			return
		}
		again, err := ParseWhere(w.String())
		if err != nil || again != w {
			t.Errorf("%q is %+v, written %q, read %+v, %v", text, w, w.String(), again, err)
		}
	})
}

// FuzzList: what a device tells of itself may be anything; what is listed of it can be shown on a terminal.
func FuzzList(f *testing.F) {
	f.Add("A50285BI", "0403", "ff")
	f.Fuzz(func(t *testing.T, text, number, class string) {
		tree := plugtest.Centre()
		for name, file := range tree {
			switch filepath.Base(name) {
			case "serial", "manufacturer", "product":
				file.Data = []byte(text)
			case "idProduct", "bInterfaceNumber":
				file.Data = []byte(number)
			case "bInterfaceClass", "bDeviceClass":
				file.Data = []byte(class)
			}
		}
		all, err := List(tree)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range all {
			for _, shown := range []string{d.Serial, d.Maker, d.Model} {
				if len(shown) > attributeBytesMax || strings.ContainsFunc(shown, func(r rune) bool { return !unicode.IsPrint(r) }) {
					t.Errorf("%q is listed as %q", text, shown)
				}
			}
		}
	})
}
