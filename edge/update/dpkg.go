package update

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"markaz.example/edge/durable"
)

// Dpkg is Debian's own tool for one package. The zero Root is the machine itself.
type Dpkg struct {
	Package string
	Root    string   // another root than /, for tests
	Force   []string // what dpkg is not to insist on, for tests
}

const (
	// lockWait is how long another dpkg is waited for; lockLook is the pause between two attempts.
	lockWait = 10 * time.Minute
	lockLook = 5 * time.Second

	// saidMax bounds what is kept of a tool's own words: their end, where the reason stands.
	saidMax = 300
)

var errNotKept = errors.New("no package could be made of what is installed, so there would be no way back")

// Installed is the version whose files are there and whose scripts have run.
func (d Dpkg) Installed() (Version, error) {
	said, err := d.query("-W", "-f", "${db:Status-Status} ${Version}")
	if err != nil {
		return "", nil // dpkg knows no such package
	}
	status, version, _ := strings.Cut(strings.TrimSpace(said), " ")
	if status != "installed" {
		return "", nil
	}
	return Version(version), nil
}

func (d Dpkg) query(args ...string) (string, error) {
	args = append([]string{"--admindir", d.admin()}, append(args, d.Package)...)
	return said(exec.Command("dpkg-query", args...))
}

func (d Dpkg) admin() string { return filepath.Join("/", d.Root, "var/lib/dpkg") }

// Keep leaves a package alone that is of the installed version, and else makes one of the files that are installed.
func (d Dpkg) Keep(file string) error {
	now, err := d.Installed()
	if err != nil || now == "" {
		return errors.Join(errNotKept, err)
	}
	if have, err := said(exec.Command("dpkg-deb", "--field", file, "Version")); err == nil && strings.TrimSpace(have) == string(now) {
		return nil
	}
	tree, err := os.MkdirTemp(filepath.Dir(file), ".keep-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tree)
	if err := errors.Join(os.Chmod(tree, 0o755), d.gather(tree)); err != nil {
		return errors.Join(errNotKept, err)
	}
	aside := file + ".new"
	if _, err := said(exec.Command("dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", tree, aside)); err != nil {
		return errors.Join(errNotKept, err)
	}
	return errors.Join(syncFile(aside), durable.Replace(aside, file))
}

// gather copies what is installed, files and control files, into a tree that dpkg-deb makes a package of.
func (d Dpkg) gather(tree string) error {
	list, err := d.query("-L")
	if err != nil {
		return err
	}
	for name := range strings.Lines(list) {
		name = strings.TrimSpace(name)
		if err := copyAny(filepath.Join(tree, name), filepath.Join("/", d.Root, name)); err != nil {
			return err
		}
	}
	return d.gatherControl(filepath.Join(tree, "DEBIAN"))
}

func (d Dpkg) gatherControl(dir string) error {
	status, err := d.query("-s")
	if err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "control"), []byte(withoutState(status)), 0o644); err != nil {
		return err
	}
	info, err := filepath.Glob(filepath.Join(d.admin(), "info", d.Package+".*"))
	if err != nil {
		return err
	}
	for _, from := range info {
		part := strings.TrimPrefix(filepath.Base(from), d.Package+".")
		if part == "list" {
			continue // dpkg's own
		}
		if err := copyAny(filepath.Join(dir, part), from); err != nil {
			return err
		}
	}
	return nil
}

// withoutState leaves out of a paragraph what dpkg adds when it installs.
func withoutState(paragraph string) string {
	var b strings.Builder
	skip := false
	for line := range strings.Lines(paragraph) {
		if !strings.HasPrefix(line, " ") {
			name, _, _ := strings.Cut(line, ":")
			skip = name == "Status" || name == "Conffiles" || name == "Config-Version"
		}
		if !skip {
			b.WriteString(line)
		}
	}
	return b.String()
}

func copyAny(to, from string) error {
	info, err := os.Lstat(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // left out when it was installed, as documents are on small systems
	}
	if err != nil {
		return err
	}
	switch {
	case info.IsDir():
		return os.MkdirAll(to, 0o755)
	case info.Mode()&fs.ModeSymlink != 0:
		target, err := os.Readlink(from)
		return errors.Join(err, os.Symlink(target, to))
	}
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return errors.Join(os.WriteFile(to, b, 0o600), os.Chmod(to, info.Mode().Perm()))
}

func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Install has dpkg put a package in, forwards or backwards; another dpkg that is at work is waited for. It runs to its end
// also when this process is told to stop.
func (d Dpkg) Install(file string) error {
	args := []string{"--force-downgrade", "--force-confold"}
	for _, f := range d.Force {
		args = append(args, "--force-"+f)
	}
	if d.Root != "" {
		args = append(args, "--root", d.Root)
	}
	for until := time.Now().Add(lockWait); ; time.Sleep(lockLook) {
		c := exec.Command("dpkg", append(args, "--install", file)...)
		c.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		words, err := said(c)
		if err == nil || !strings.Contains(words, "lock") || time.Now().After(until) {
			return err
		}
	}
}

// said runs a program and gives what it said; an error has its last words.
func said(c *exec.Cmd) (string, error) {
	var out, bad bytes.Buffer
	c.Stdout, c.Stderr = &out, &bad
	if err := c.Run(); err != nil {
		words := strings.TrimSpace(bad.String())
		return words, fmt.Errorf("%s: %w: %s", filepath.Base(c.Path), err, words[max(0, len(words)-saidMax):])
	}
	return out.String(), nil
}
