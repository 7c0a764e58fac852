package update

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// private is real dpkg over a root of its own, where whoever runs the test may install.
type private struct{ Dpkg }

func newPrivate(t *testing.T) private {
	t.Helper()
	if _, err := exec.LookPath("dpkg"); err != nil {
		t.Fatal("dpkg is not here: every Debian has it, elsewhere install it")
	}
	root := t.TempDir()
	for _, dir := range []string{"info", "updates", "triggers"} {
		if err := os.MkdirAll(filepath.Join(root, "var/lib/dpkg", dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"status", "available"} {
		if err := os.WriteFile(filepath.Join(root, "var/lib/dpkg", name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return private{Dpkg{Package: "markaz", Root: root, Force: []string{"not-root", "script-chrootless", "bad-path", "architecture"}}}
}

// Health and Prove: there are no services here; a version serves when its program says that it does.
func (private) Health(context.Context) Health { return Health{Serves: true} }

func (p private) Prove(_ context.Context, v Version, _ Health) error {
	b, err := os.ReadFile(filepath.Join(p.Root, "usr/bin/markaz"))
	if err != nil || string(b) != "serves "+string(v) {
		return fmt.Errorf("the program says %q: %w", b, err)
	}
	return nil
}

// realDeb makes a package of a program that says something, with a script that may fail.
func realDeb(t *testing.T, v Version, says, postinst string) []byte {
	t.Helper()
	tree := t.TempDir()
	write := func(name, text string, mode os.FileMode) {
		t.Helper()
		to := filepath.Join(tree, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(tree, 0o755); err != nil {
		t.Fatal(err)
	}
	write("usr/bin/markaz", says, 0o755)
	write("DEBIAN/postinst", "#!/bin/sh\n"+postinst+"\n", 0o755)
	write("DEBIAN/control", fmt.Sprintf("Package: markaz\nVersion: %s\nArchitecture: all\nMaintainer: a <a@a.example>\nDescription: test\n longer\n", v), 0o644)
	file := filepath.Join(t.TempDir(), "a.deb")
	if out, err := exec.Command("dpkg-deb", "-Zgzip", "--build", tree, file).CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// realBox is an Updater over real dpkg, with a version installed.
func realBox(t *testing.T, installed []byte) *box {
	t.Helper()
	p := newPrivate(t)
	b := newBox(t, "0")
	b.System = p
	first := filepath.Join(t.TempDir(), "first.deb")
	if err := os.WriteFile(first, installed, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := p.Install(first); err != nil {
		t.Fatal(err)
	}
	return b
}

// TestRealPackages brings real packages there and back with real dpkg: a good one, one whose program does not serve, and one
// whose script fails. The way back is made of what is installed.
func TestRealPackages(t *testing.T) {
	for name, c := range map[string]struct {
		says, postinst string
		result         Result
		want           Version
	}{
		"good":                {"serves 1.1", "exit 0", Updated, "1.1"},
		"does not come up":    {"falls over", "exit 0", Returned, "1.0"},
		"cannot be installed": {"serves 1.1", "exit 1", Returned, "1.0"},
	} {
		t.Run(name, func(t *testing.T) {
			b := realBox(t, realDeb(t, "1.0", "serves 1.0", "exit 0"))
			b.stage(t, updateOf(t, to("1.1"), realDeb(t, "1.1", c.says, c.postinst)))
			got := b.run(t)
			now, err := b.System.Installed()
			if got.Result != c.result || now != c.want || err != nil {
				t.Errorf("installed is %q (%v), %+v", now, err, got)
			}
			if err := b.System.Prove(t.Context(), c.want, Health{}); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestRealPackageIsCut kills nothing but leaves dpkg's work half done, as a power cut does: files unpacked, scripts not run.
func TestRealPackageIsCut(t *testing.T) {
	b := realBox(t, realDeb(t, "1.0", "serves 1.0", "exit 0"))
	p := b.System.(private)
	b.stage(t, updateOf(t, to("1.1"), realDeb(t, "1.1", "serves 1.1", "exit 0")))
	func() {
		defer func() { _ = recover() }()
		b.watch = func(point string) {
			if point == "before "+string(StepInstall) {
				args := []string{"--root", p.Root, "--force-not-root", "--force-bad-path", "--force-script-chrootless", "--unpack", b.path(nextName)}
				if out, err := exec.Command("dpkg", args...).CombinedOutput(); err != nil {
					t.Error(err, string(out))
				}
				panic(cut{point})
			}
		}
		b.run(t)
	}()
	if now, _ := p.Installed(); now != "" {
		t.Fatalf("%s is whole: nothing was cut", now)
	}
	b.powerOn()
	if got := b.run(t); got.Result != Updated {
		t.Errorf("got %+v", got)
	}
	if now, _ := p.Installed(); now != "1.1" {
		t.Errorf("installed is %q", now)
	}
}
