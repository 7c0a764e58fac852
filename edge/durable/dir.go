package durable

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// MakeDir makes a directory and those above it where they are missing, for its owner alone. Each is there for sure
// afterwards, name and all: without that a power cut takes a new directory away with everything that was synced in it.
func MakeDir(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrNotExist) && filepath.Dir(dir) != dir {
		if err := MakeDir(filepath.Dir(dir)); err != nil {
			return err
		}
		err = os.Mkdir(dir, 0o700)
	}
	if err != nil && !isDir(dir) {
		return fmt.Errorf("make directory: %w", err)
	}
	made := err == nil
	// One that was there may be of a start that was killed before it synced.
	if err := syncDir(filepath.Dir(dir)); err != nil && (made || !errors.Is(err, fs.ErrPermission)) {
		return err
	}
	return nil
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("sync directory: %w", err)
	}
	return errors.Join(dir.Sync(), dir.Close())
}
