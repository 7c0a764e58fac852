package vhci

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// table is the controller's status file with a device in port 0 and a plug just pulled from port 2.
// Source: Linux 6.1, cat /sys/devices/platform/vhci_hcd.0/status.
const table = `hub port sta spd dev      sockfd local_busid
hs  0000 006 003 00010002 000012 1-1
hs  0001 004 000 00000000 000000 0-0
hs  0002 005 000 00000000 000000 0-0
hs  0003 004 000 00000000 000000 0-0
ss  0008 004 000 00000000 000000 0-0
`

func TestFreePorts(t *testing.T) {
	for name, c := range map[string]struct {
		table string
		want  []int
	}{
		"of a kernel": {table, []int{1, 3}},
		"empty":       {"", nil},
		"nonsense":    {"hs\nhs x 004\nhs 0001 x\nhs -001 004\n", nil},
	} {
		if diff := cmp.Diff(c.want, freePorts(c.table)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func FuzzFreePorts(f *testing.F) {
	f.Add(table)
	f.Add("hs 0001 004")
	f.Fuzz(func(t *testing.T, table string) {
		for _, p := range freePorts(table) {
			if p < 0 {
				t.Errorf("port %d", p)
			}
		}
	})
}

func TestKernelConnects(t *testing.T) {
	for name, c := range map[string]struct {
		port int
		want string // the port that is written to attach
	}{
		"any port":   {AnyPort, "1 "},
		"a port":     {3, "3 "},
		"taken port": {0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "status"), table)
			write(t, filepath.Join(dir, "attach"), "")
			ctx, cancel := context.WithTimeout(t.Context(), 10*freeLook)
			defer cancel()
			wire, err := Kernel{Dir: dir, Port: c.port}.Connect(ctx, High)
			if c.want == "" {
				if !errors.Is(err, errPortsTaken) {
					t.Errorf("got %v, want %v", err, errPortsTaken)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer wire.Close()
			got, err := os.ReadFile(filepath.Join(dir, "attach"))
			if err != nil {
				t.Fatal(err)
			}
			if f := strings.Fields(string(got)); len(f) != 4 || f[0]+" " != c.want || f[2] != "65538" || f[3] != "3" {
				t.Errorf("attach was written %q", got)
			}
			if _, err := wire.Read(make([]byte, 1)); err == nil {
				t.Error("the kernel's end is open still, though nobody took it")
			}
		})
	}
}

func TestNoController(t *testing.T) {
	if _, err := (Kernel{Dir: t.TempDir()}).Connect(t.Context(), Full); !errors.Is(err, ErrNoController) {
		t.Errorf("got %v, want %v", err, ErrNoController)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
