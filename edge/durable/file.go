package durable

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Create makes a file that is not there: build fills it under a temporary name and syncs it. An unfinished one of an
// earlier start is removed. It reports fs.ErrExist.
func Create(path string, build func(aside string) error) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("create %s: %w", path, errors.Join(fs.ErrExist, err))
	}
	aside := path + ".new"
	if err := os.Remove(aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("clear an unfinished file: %w", err)
	}
	if err := build(aside); err != nil {
		return fmt.Errorf("create %s: %w", path, err)
	}
	return rename(aside, path)
}

// WriteFile makes a file or replaces it whole. Only its owner may read it.
func WriteFile(path string, b []byte) error { return Copy(path, bytes.NewReader(b)) }

// Copy is WriteFile of what from gives.
func Copy(path string, from io.Reader) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = io.Copy(f, from)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, errors.Join(err, os.Remove(f.Name())))
	}
	return rename(f.Name(), path)
}

// Rename gives a file that was built aside, synced and closed its name. It reports fs.ErrExist. After an error the file
// is where it was.
func Rename(aside, path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("rename to %s: %w", path, errors.Join(fs.ErrExist, err))
	}
	return Replace(aside, path)
}

func rename(aside, path string) error {
	err := Replace(aside, path)
	if err != nil {
		_ = os.Remove(aside) // what is wrong is said already, and the next start clears it
	}
	return err
}

// Replace puts a file that was synced into the place of another, or of none, in the same directory. After an error it is
// where it was.
func Replace(aside, path string) error {
	if err := os.Rename(aside, path); err != nil {
		return fmt.Errorf("create %s: %w", path, err)
	}
	return syncDir(filepath.Dir(path))
}
