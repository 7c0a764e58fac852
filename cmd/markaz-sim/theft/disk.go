package theft

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"markaz.example/cmd/markaz-sim/theft/seek"
)

// disk is where the day is written: a file system in a file, whose free space the thief sees too; or a directory, where
// none can be mounted.
type disk struct {
	Dir   string
	image string // empty for a directory
}

// newDisk makes one in an empty directory.
func newDisk(dir string) (disk, error) {
	d := disk{Dir: filepath.Join(dir, "disk"), image: filepath.Join(dir, "disk.ext4")}
	if err := os.MkdirAll(d.Dir, 0o700); err != nil {
		return d, err
	}
	if err := errorsOf(
		os.WriteFile(d.image, nil, 0o600), os.Truncate(d.image, imageBytes),
		quiet("mkfs.ext4", "-q", "-F", d.image), quiet("mount", "-o", "loop", d.image, d.Dir),
	); err != nil {
		d.image = ""
	}
	return d, nil
}

// errorsOf is the first error; what comes after it was done in vain.
func errorsOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func quiet(name string, args ...string) error {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	return nil
}

// Whole says whether free space is seen.
func (d disk) Whole() bool { return d.image != "" }

// leave takes the disk out of the machine.
func (d disk) leave() error {
	if d.image == "" {
		return nil
	}
	if err := quiet("umount", d.Dir); err != nil {
		return errors.Join(err, quiet("umount", "--lazy", d.Dir))
	}
	return nil
}

// scan looks through the image, or through the files.
func (d disk) scan(s *seek.Seeker) error {
	if d.image != "" {
		return scanFile(s, d.image)
	}
	return filepath.WalkDir(d.Dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		return scanFile(s, path)
	})
}

func scanFile(s *seek.Seeker, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return s.Scan(filepath.Base(path), f)
}
