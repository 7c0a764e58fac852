package durable

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Secrets keeps small secrets under paths. Plain keeps them as files; edge/strongbox seals them.
type Secrets interface {
	Has(path string) bool
	Read(path string) ([]byte, error)       // reports fs.ErrNotExist
	Write(path string, secret []byte) error // makes it or replaces it whole
	Move(from, to string) error             // puts it into the place of another, or of none, of the same directory
	Remove(path string) error               // reports fs.ErrNotExist
}

// Plain keeps each secret in a file of its own, for its owner alone.
type Plain struct{}

// Has says whether there is a file.
func (Plain) Has(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// Read reads a file of at most SecretBytesMax.
func (Plain) Read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, SecretBytesMax+1))
	if err == nil && len(b) > SecretBytesMax {
		err = fmt.Errorf("%s: more than %d bytes, which is no secret of ours", path, SecretBytesMax)
	}
	return b, err
}

// Write is WriteFile.
func (Plain) Write(path string, secret []byte) error { return WriteFile(path, secret) }

// Move is Replace.
func (Plain) Move(from, to string) error { return Replace(from, to) }

// Remove takes the file away.
func (Plain) Remove(path string) error { return os.Remove(path) }

// SecretBytesMax bounds a secret: a key in PEM has some hundred bytes.
const SecretBytesMax = 1 << 16

// Wipe writes zeros over a file and takes its name away. What flash memory or a file system that copies keeps of the old
// blocks is beyond it.
func Wipe(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("wipe a file: %w", err)
	}
	info, err := f.Stat()
	if err == nil {
		_, err = io.CopyN(f, zeros{}, info.Size())
	}
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("wipe %s: %w", path, err)
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("wipe a file: %w", err)
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("sync directory: %w", err)
	}
	return errors.Join(dir.Sync(), dir.Close())
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}
