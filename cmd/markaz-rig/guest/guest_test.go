package guest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"markaz.example/devices/printer"
	"markaz.example/devices/slip"
	"markaz.example/edge/box"
)

// Every verdict is a line, whatever an error has in it, and the sum counts them.
func TestJudge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		j := &judge{out: &out}
		j.check(t.Context(), "holds", func(context.Context) (string, error) { return "seen", nil })
		j.check(t.Context(), "does not", func(context.Context) (string, error) { return "", errors.New("two\nlines") })
		j.check(t.Context(), "waits", func(ctx context.Context) (string, error) {
			return "", await(ctx, "the end", func() (bool, string) { return false, "not yet" })
		})
		j.sum()
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		for i, want := range []string{"PASS holds (0s): seen", "FAIL does not (0s): two / lines", "FAIL waits (45s): waited in vain for the end: not yet", "RIG pass=1 fail=2"} {
			if i >= len(lines) || !strings.HasPrefix(lines[i], want) {
				t.Errorf("got %q, want line %d to begin %q", lines, i, want)
			}
		}
	})
}

// A check that hangs does not hang the judge.
func TestJudgeLeavesWhatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		j := &judge{out: &out}
		held := make(chan struct{})
		j.check(t.Context(), "hangs", func(context.Context) (string, error) { <-held; return "", nil })
		close(held)
		if j.failed != 1 || !strings.Contains(out.String(), "still running") {
			t.Errorf("got %q", &out)
		}
	})
}

func TestUevent(t *testing.T) {
	for name, c := range map[string]struct{ message, want string }{
		"device": {
			"add@/devices/platform/vhci_hcd.0/usb1/1-1\x00ACTION=add\x00SUBSYSTEM=usb\x00DEVTYPE=usb_device\x00", "add usb_device 1-1",
		},
		"line":  {"remove@/devices/x/tty/ttyACM0\x00SUBSYSTEM=tty\x00", "remove tty ttyACM0"},
		"empty": {"", "  "},
	} {
		if got := uevent(c.message); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// The configuration that the guest writes is one that the box takes.
func TestConfigurationIsTaken(t *testing.T) {
	file := filepath.Join(t.TempDir(), "box.toml")
	if err := os.WriteFile(file, []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := box.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Devices) != 4 || len(c.Services) != 1 {
		t.Errorf("got %+v", c)
	}
}

func TestCompare(t *testing.T) {
	for name, c := range map[string]struct {
		got, want string
		most      int
		ok        bool
	}{
		"equal":           {"abc", "abc", 0, true},
		"one differs":     {"abd", "abc", 0, false},
		"one may differ":  {"abd", "abc", 1, true},
		"one is missing":  {"ab", "abc", 1, false},
		"nothing arrived": {"", "abc", 3, false},
	} {
		if _, err := compare([]byte(c.got), []byte(c.want), c.most); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestShowsIsNotEasilySatisfied(t *testing.T) {
	p := newPaperPrinter("S")
	b := pattern(3)
	paper := slip.NewBitmap(b.Width, b.Height+2)
	copy(paper.Bits[b.Stride:], b.Bits)
	p.keep(printer.Page{Bitmap: paper})
	if err := shows(p, 1, b); err != nil {
		t.Error(err)
	}
	paper.Bits[len(paper.Bits)/2] ^= 1
	if err := shows(p, 1, b); err == nil {
		t.Error("a dot that is wrong goes unseen")
	}
	if err := shows(p, 2, b); err == nil {
		t.Error("a paper that is missing goes unseen")
	}
}

func TestProcessorTime(t *testing.T) {
	before, err := processorTime(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(50 * time.Millisecond); time.Now().Before(end); {
	}
	if after, err := processorTime(os.Getpid()); err != nil || after < before {
		t.Errorf("%d ticks before, %d after, %v", before, after, err)
	}
}
