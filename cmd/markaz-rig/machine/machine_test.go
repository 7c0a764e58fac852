package machine

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestVerdict(t *testing.T) {
	for name, c := range map[string]struct {
		console string
		exit    error
		want    string // in the error; empty for none
	}{
		"all passed":             {"PASS boot (1s): x\r\nRIG pass=1 fail=0\r\n", nil, ""},
		"one failed":             {"FAIL boot (1s): x\r\nRIG pass=1 fail=1\r\n", nil, "found a fault"},
		"nothing passed":         {"RIG pass=0 fail=0\r\n", nil, "found a fault"},
		"no verdict":             {"PASS boot (1s): x\r\nKernel panic\r\n", nil, "without a verdict"},
		"nothing at all":         {"", nil, "without a verdict"},
		"the emulator failed":    {"RIG pass=1 fail=0\r\n", errors.New("exit status 1"), "exit status 1"},
		"a verdict out of place": {"PASS RIG pass=1 fail=0\r\n", nil, "without a verdict"},
	} {
		t.Run(name, func(t *testing.T) {
			v := listen(strings.NewReader(c.console), &bytes.Buffer{})
			v.exit = c.exit
			err := v.check()
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestConsoleShowsNewsAndKeepsItsEnd(t *testing.T) {
	var console, out bytes.Buffer
	for i := range 2 * tailLines {
		fmt.Fprintf(&console, "[%d] noise of the kernel\r\n", i)
	}
	console.WriteString("PASS boot (1s): it did\r\n")
	v := listen(&console, &out)
	if out.String() != "PASS boot (1s): it did\n" {
		t.Errorf("shown: %q", &out)
	}
	if len(v.tail) != tailLines || v.tail[tailLines-1] != "PASS boot (1s): it did" {
		t.Errorf("kept %d lines, the last %q", len(v.tail), v.tail[len(v.tail)-1])
	}
}

// The fields in the order of the document: magic, inode, mode, uid, gid, links, mtime, size, two device numbers, two of a
// special file, bytes of the name, checksum.
func TestArchive(t *testing.T) {
	var out bytes.Buffer
	a := newArchive(&out)
	a.file("/bin/a", 0o755, []byte("hi"))
	if err := a.close(); err != nil {
		t.Fatal(err)
	}
	const zero, one = "00000000", "00000001"
	entry := func(inode, mode, size, nameBytes, name string) string {
		return "070701" + inode + mode + zero + zero + one + zero + size + strings.Repeat(zero, 4) + nameBytes + zero + name
	}
	want := entry(one, "000041ed", zero, "00000004", "bin\x00\x00\x00") +
		entry("00000002", "000081ed", "00000002", "00000006", "bin/a\x00") + "hi\x00\x00" +
		entry("00000003", zero, zero, "0000000b", "TRAILER!!!\x00\x00\x00\x00")
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.ErrUnsupported }

func TestArchiveTellsTheFirstError(t *testing.T) {
	a := newArchive(full{})
	a.file("/a", 0o644, nil)
	if err := a.close(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("got %v", err)
	}
}

func TestCopyPlanNumbersEachModuleOnce(t *testing.T) {
	from, ready := t.TempDir(), t.TempDir()
	var plan strings.Builder
	plan.WriteString("builtin usb_common\n")
	for _, name := range []string{"usbcore.ko", "vhci-hcd.ko", "usbcore.ko"} {
		file := filepath.Join(from, name)
		if err := os.WriteFile(file, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&plan, "insmod %s \n", file)
	}
	if err := copyPlan(t.Context(), plan.String(), ready, map[string]bool{}); err != nil {
		t.Fatal(err)
	}
	k, err := openKernel(ready)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{filepath.Join(ready, "01-usbcore.ko"), filepath.Join(ready, "02-vhci-hcd.ko")}
	if diff := cmp.Diff(want, k.modules); diff != "" {
		t.Error(diff)
	}
}

func TestNoModulesIsAnError(t *testing.T) {
	if _, err := openKernel(t.TempDir()); err == nil {
		t.Error("a folder without modules passes for a kernel")
	}
}

func TestLibrariesOfLdd(t *testing.T) {
	const said = "\tlinux-vdso.so.1 (0x00007ffd)\n\tlibusb-1.0.so.0 => /lib/x86_64-linux-gnu/libusb-1.0.so.0 (0x00007f)\n" +
		"\t/lib64/ld-linux-x86-64.so.2 (0x00007f)\n"
	var got []string
	for _, m := range library.FindAllStringSubmatch(said, -1) {
		got = append(got, m[1])
	}
	want := []string{"/lib/x86_64-linux-gnu/libusb-1.0.so.0", "/lib64/ld-linux-x86-64.so.2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
