package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"markaz.example/edge/durable"
)

// Unpack writes the files of a backup into a directory that is not there yet, for its owner alone. It has its name only
// when every sum and the signature were right and everything is on the disk; an unfinished one of an earlier attempt is
// removed. It reports fs.ErrExist and what Open and Next report.
func Unpack(ctx context.Context, path, dir string, keys ...Identity) (Manifest, error) {
	r, err := Open(path, keys...)
	if err != nil {
		return Manifest{}, err
	}
	defer r.Close()
	aside := dir + ".new"
	if err := makeAside(dir, aside); err != nil {
		return r.Manifest(), fmt.Errorf("unpack %s: %w", path, err)
	}
	if err := r.unpack(ctx, aside); err != nil {
		return r.Manifest(), fmt.Errorf("unpack %s: %w", path, errors.Join(err, os.RemoveAll(aside)))
	}
	return r.Manifest(), durable.Rename(aside, dir)
}

func makeAside(dir, aside string) error {
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fs.ErrExist, err)
	}
	return errors.Join(os.RemoveAll(aside), os.Mkdir(aside, 0o700))
}

func (r *Reader) unpack(ctx context.Context, dir string) error {
	for {
		f, from, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = durable.Copy(filepath.Join(dir, f.Name), attended{ctx, from})
		}
		if err != nil {
			return err
		}
	}
}

// attended reads until a context ends.
type attended struct {
	ctx context.Context
	io.Reader
}

func (a attended) Read(b []byte) (int, error) {
	if err := a.ctx.Err(); err != nil {
		return 0, err
	}
	return a.Reader.Read(b)
}
