package main

import (
	"context"
	"crypto/md5" // what dpkg --verify compares against bit rot; nobody is kept out by it
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"markaz.example/edge/ledger"
)

// scripts are the control files that a package may have besides control, with their modes.
var scripts = map[string]fs.FileMode{
	"preinst": 0o755, "postinst": 0o755, "prerm": 0o755, "postrm": 0o755, "config": 0o755,
	"templates": 0o644, "conffiles": 0o644, "triggers": 0o644,
}

// writeControl writes DEBIAN/.
func (p parcel) writeControl(root string) error {
	sums, size, err := weigh(root)
	if err != nil {
		return err
	}
	dir := filepath.Join(root, "DEBIAN")
	for name, mode := range scripts {
		from := p.packaging(name)
		if _, err := os.Stat(from); err != nil {
			continue
		}
		if err := p.fill(filepath.Join(dir, name), from, mode, size); err != nil {
			return err
		}
	}
	if err := p.fill(filepath.Join(dir, "control"), p.packaging("control"), 0o644, size); err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, "md5sums"), []byte(sums), 0o644)
}

// fill copies a control file with the words in it that are known only now.
func (p parcel) fill(to, from string, mode fs.FileMode, size int64) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	known := strings.NewReplacer("@VERSION@", p.Version, "@ARCH@", p.Arch, "@SIZE@", fmt.Sprint(size), "@LEDGER@", fmt.Sprint(ledger.FormatNewest))
	return writeFile(to, []byte(known.Replace(string(b))), mode)
}

// weigh gives the lines of md5sums and the room that files take, in KiB, each rounded up, as Debian counts.
func weigh(root string) (sums string, kib int64, err error) {
	var lines []string
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		kib++ // of a directory, and the remainder of a file
		if !d.Type().IsRegular() {
			return nil
		}
		sum, size, err := sumOf(path)
		kib += size >> 10
		name, _ := filepath.Rel(root, path)
		lines = append(lines, sum+"  "+name+"\n")
		return err
	})
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[md5.Size*2:], b[md5.Size*2:]) })
	return strings.Join(lines, ""), kib, err
}

func sumOf(path string) (sum string, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := md5.New()
	size, err = io.Copy(h, f)
	return fmt.Sprintf("%x", h.Sum(nil)), size, err
}

// pack has dpkg-deb make the package. One thread: with more of them xz cuts the data where it pleases.
func (p parcel) pack(ctx context.Context, root string) error {
	if err := os.MkdirAll(p.Out, 0o755); err != nil {
		return err
	}
	c := exec.CommandContext(ctx, "dpkg-deb", "--root-owner-group", "--threads-max=1", "-Zxz", "-z6", "--build", root, p.deb())
	c.Env = append(os.Environ(), fmt.Sprintf("SOURCE_DATE_EPOCH=%d", p.Epoch))
	if said, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("dpkg-deb: %w: %s", err, said)
	}
	fmt.Println(p.deb())
	return nil
}
