package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"markaz.example/edge/update"
)

// TestRelease makes a key, signs a package and an order back, and reads both as a box does.
func TestRelease(t *testing.T) {
	if _, err := exec.LookPath("dpkg-deb"); err != nil {
		t.Fatal("dpkg-deb is not here: every Debian has it, elsewhere install dpkg")
	}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.MkdirAll(at("tree/DEBIAN"), 0o755); err != nil {
		t.Fatal(err)
	}
	control := "Package: markaz\nVersion: 0.2\nArchitecture: amd64\nMaintainer: a <a@a.example>\nDescription: test\n longer\n"
	if err := os.WriteFile(at("tree/DEBIAN/control"), []byte(control), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("dpkg-deb", "--build", at("tree"), at("a.deb")).CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
	if err := (releaseKeyCommand{Out: at("release.key")}).Run(); err != nil {
		t.Fatal(err)
	}
	if err := (releaseKeyCommand{Out: at("release.key")}).Run(); err == nil {
		t.Error("a key was made in the place of another")
	}
	keys, err := update.ReadKeys(at("release.pub"))
	if err != nil {
		t.Fatal(err)
	}
	for _, over := range []string{"", "0.3"} {
		if err := (releaseSignCommand{Deb: at("a.deb"), Key: at("release.key"), Over: over, Out: at("a.update")}).Run(); err != nil {
			t.Fatal(err)
		}
		file, err := os.ReadFile(at("a.update"))
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(at("a.update")); err != nil || info.Mode().Perm() != 0o644 {
			t.Errorf("%v, %v: a box reads updates as a user of its own", info.Mode(), err)
		}
		m, err := update.Check(file, keys)
		if err != nil || m.Package != "markaz" || m.Version != "0.2" || m.Arch != "amd64" || string(m.Over) != over {
			t.Errorf("%+v, %v", m, err)
		}
		if err := (releaseShowCommand{File: at("a.update"), Key: at("release.pub")}).Run(); err != nil {
			t.Error(err)
		}
	}
	if err := (releaseSignCommand{Deb: at("a.deb"), Key: at("release.key"), Over: "0.1", Out: at("b.update")}).Run(); err == nil {
		t.Error("an order back from what is older was signed")
	}
}
