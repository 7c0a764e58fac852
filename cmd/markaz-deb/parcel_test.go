package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// small is a repository with one program and one package in it, made anew in a directory of its own, file by file in
// another order and under another umask each time.
func small(t *testing.T, umask int, backwards bool) (source, programs string) {
	t.Helper()
	if _, err := exec.LookPath("dpkg-deb"); err != nil {
		t.Fatal("dpkg-deb is not here: every Debian has it, elsewhere install dpkg")
	}
	defer syscall.Umask(syscall.Umask(umask))
	source = t.TempDir()
	files := [][2]string{
		{"go.mod", "module small.example\n\ngo 1.26\n"},
		{"main.go", "package main\n\nfunc main() {}\n"},
		{"devices/slip/fonts/OFL.txt", "terms of fonts\n"},
		{"changelog/unreleased/b.md", "Added: the second " + strings.Repeat("long ", 30) + "change.\n\nMore.\n"},
		{"changelog/unreleased/a.md", "Fixed: the first change.\n"},
		{"packaging/small/files", "# mode, source, destination\n0755 PROGRAMS/small usr/bin/\n0644 data/*.txt usr/share/small/\n"},
		{"packaging/small/control", "Package: small\nVersion: @VERSION@\nArchitecture: @ARCH@\nMaintainer: a <a@a.example>\nInstalled-Size: @SIZE@\nDescription: small\n for a test\n"},
		{"packaging/small/preinst", "#!/bin/sh\nexit 0\n"},
		{"data/a.txt", "a"}, {"data/b.txt", "b"},
	}
	for i := range files {
		f := files[i]
		if backwards {
			f = files[len(files)-1-i]
		}
		to := filepath.Join(source, f[0])
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, []byte(f[1]), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	programs = t.TempDir()
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid=", "-o", filepath.Join(programs, "small"), ".")
	build.Dir = source
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
	return source, programs
}

func packed(t *testing.T, source, programs string, epoch int64) []byte {
	t.Helper()
	p := parcel{Name: "small", Source: source, Programs: programs, Arch: "amd64", Version: "0.1", Epoch: epoch, Out: t.TempDir()}
	if err := p.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(p.deb())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestTheSameTwice: neither directory nor time, neither umask nor order of making shows in a package; the epoch does.
func TestTheSameTwice(t *testing.T) {
	s, p := small(t, 0o022, false)
	first := packed(t, s, p, 1795772447)
	later := time.Now().Add(time.Hour)
	s, p = small(t, 0o077, true)
	if err := os.Chtimes(filepath.Join(s, "data/a.txt"), later, later); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, packed(t, s, p, 1795772447)) {
		t.Error("two packages of the same sources differ")
	}
	if bytes.Equal(first, packed(t, s, p, 1795772448)) {
		t.Error("another epoch makes no other package: the test sees nothing")
	}
}

// TestWhatIsInside: modes, owners, times, control fields and documents.
func TestWhatIsInside(t *testing.T) {
	s, programs := small(t, 0o077, false)
	p := parcel{Name: "small", Source: s, Programs: programs, Arch: "amd64", Version: "0.1", Epoch: 1795772447, Out: t.TempDir()}
	if err := p.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	for args, wants := range map[string][]string{
		"--contents": {
			"drwxr-xr-x root/root         0 2026-11-27 09:40 ./\n", "-rwxr-xr-x root/root", "./usr/bin/small\n",
			"-rw-r--r-- root/root         1 2026-11-27 09:40 ./usr/share/small/a.txt\n",
			"./usr/share/doc/small/copyright\n", "./usr/share/doc/small/sbom.json\n", "./usr/share/doc/small/changelog.gz\n",
		},
		"--info": {"preinst", "md5sums", "Version: 0.1\n", "Architecture: amd64\n"},
	} {
		c := exec.Command("dpkg-deb", args, p.deb())
		c.Env = append(os.Environ(), "TZ=UTC")
		said, err := c.Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(string(said), want) {
				t.Errorf("%s has no %q:\n%s", args, want, said)
			}
		}
	}
}

// TestListsAreChecked: what a list names and is not there is no package with a hole.
func TestListsAreChecked(t *testing.T) {
	s, programs := small(t, 0o022, false)
	for _, list := range []string{"0644 data/*.none usr/", "0644 data/a.txt", "rw data/a.txt usr/", "0644 data/a.txt usr/x\n0644 data/b.txt usr/x"} {
		if err := os.WriteFile(filepath.Join(s, "packaging/small/files"), []byte(list), 0o644); err != nil {
			t.Fatal(err)
		}
		p := parcel{Name: "small", Source: s, Programs: programs, Arch: "amd64", Version: "0.1", Epoch: 1, Out: t.TempDir()}
		if err := p.Run(t.Context()); err == nil {
			t.Errorf("%q made a package", list)
		}
	}
}

func TestWrapped(t *testing.T) {
	for line := range strings.Lines(wrapped("  * ", "    ", strings.Repeat("word ", 60))) {
		if len(line) > lineMax+1 || !strings.HasPrefix(line, "  * word") && !strings.HasPrefix(line, "    word") {
			t.Errorf("line %q", line)
		}
	}
}

func TestShortened(t *testing.T) {
	own, err := os.ReadFile(filepath.Join(repository, "LICENSE"))
	if err != nil {
		t.Fatal(err)
	}
	if got := shortened(string(own)); len(got) > 400 || !strings.Contains(got, "common-licenses") {
		t.Errorf("%d bytes: %s", len(got), got)
	}
	if got := shortened("MIT\nCopyright x\n"); got != "MIT\nCopyright x\n" {
		t.Errorf("got %q", got)
	}
}
