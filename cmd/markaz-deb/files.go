package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

var errList = errors.New("want MODE SOURCE DESTINATION, a destination that ends in / for a directory, sources that exist")

// programs is how a list names the directory of what was built.
const programs = "PROGRAMS/"

// layFiles copies what the package's list names.
func (p parcel) layFiles(root string) error {
	f, err := os.Open(p.packaging("files"))
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		words := strings.Fields(lines.Text())
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if err := p.lay(root, words); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return lines.Err()
}

func (p parcel) lay(root string, words []string) error {
	if len(words) != 3 {
		return errList
	}
	mode, err := strconv.ParseUint(words[0], 8, 12)
	if err != nil {
		return errList
	}
	pattern := filepath.Join(p.Source, words[1])
	if name, ok := strings.CutPrefix(words[1], programs); ok {
		pattern = filepath.Join(p.Programs, name)
	}
	sources, err := filepath.Glob(pattern)
	if err != nil || len(sources) == 0 {
		return fmt.Errorf("%s: %w", words[1], errList)
	}
	for _, source := range sources {
		to := filepath.Join(root, words[2])
		if strings.HasSuffix(words[2], "/") {
			to = filepath.Join(to, filepath.Base(source))
		}
		if err := copyFile(to, source, fs.FileMode(mode)); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(to, from string, mode fs.FileMode) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := makeDirs(filepath.Dir(to)); err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Chmod(mode), out.Close())
}

func writeFile(to string, b []byte, mode fs.FileMode) error {
	if err := makeDirs(filepath.Dir(to)); err != nil {
		return err
	}
	return errors.Join(os.WriteFile(to, b, mode), os.Chmod(to, mode))
}

// makeDirs makes a directory and those above it with one mode, whatever the umask.
func makeDirs(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := makeDirs(filepath.Dir(dir)); err != nil {
		return err
	}
	return errors.Join(os.Mkdir(dir, 0o755), os.Chmod(dir, 0o755))
}

// setTimes gives every file the epoch.
func (p parcel) setTimes(root string) error {
	return filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chtimes(path, p.time(), p.time())
	})
}
