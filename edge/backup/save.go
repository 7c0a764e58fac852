package backup

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"markaz.example/edge/durable"
	"markaz.example/edge/id"
)

// ErrRoom is reported when a stick has too little room.
var ErrRoom = errors.New("there is too little room for a backup: take a larger stick, or delete old backups from this one")

// suffix ends the name of a backup; one that is being written has aside behind it.
const (
	suffix = ".backup"
	aside  = ".new"
)

// Name is what the file of a backup is called: "markaz-ISB-01-000123456.backup".
func (p Preface) Name() string { return fmt.Sprintf("markaz-%s-%09d%s", p.Centre, p.Head, suffix) }

// Save keeps what Write gives in a directory: under another name first, synced, read back, then renamed. Of this centre's
// backups there the newest keep remain. Whatever goes wrong, no file has a backup's name that is none. It reports
// ErrMalformed, ErrRoom, ErrDamaged for a stick that gives back other bytes, and what the stream and the stick report.
func Save(ctx context.Context, dir string, from io.Reader, keep int) (path string, p Preface, err error) {
	if p, err = ReadPreface(from); err != nil {
		return "", p, err
	}
	if err := clear(dir, p.Centre); err != nil {
		return "", p, err
	}
	if err := room(dir, prefaceBytes+p.Bytes); err != nil {
		return "", p, err
	}
	path = filepath.Join(dir, p.Name())
	if p, err = p.fill(path+aside, attended{ctx, from}); err == nil {
		err = Verify(ctx, path+aside)
	}
	if err != nil {
		_ = os.Remove(path + aside) // a stick that is gone has nothing to remove
		return "", p, fmt.Errorf("write %s: %w", path, err)
	}
	if err := durable.Replace(path+aside, path); err != nil {
		return "", p, err
	}
	return path, p, forget(dir, p.Centre, keep)
}

// clear removes what an earlier attempt left.
func clear(dir string, of id.Centre) error {
	left, err := filepath.Glob(filepath.Join(dir, "markaz-"+string(of)+"-*"+suffix+aside))
	for _, path := range left {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

// room reports ErrRoom.
func room(dir string, need int64) error {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return fmt.Errorf("look at %s: %w", dir, err)
	}
	if free := int64(s.Bavail) * int64(s.Bsize); free < need {
		return fmt.Errorf("%w (%d MB are free in %s, up to %d MB are needed)", ErrRoom, free>>20, dir, need>>20+1)
	}
	return nil
}

// fill writes a file whole and syncs it. The kernel forgets what it wrote, so that who reads next reads the stick.
func (p Preface) fill(path string, from io.Reader) (Preface, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return p, err
	}
	sum := sha256.New()
	_, err = f.Write(make([]byte, prefaceBytes))
	if err == nil {
		p.Bytes, err = io.Copy(io.MultiWriter(f, sum), io.LimitReader(from, FileBytesMax-prefaceBytes+1))
	}
	if err == nil && p.Bytes > FileBytesMax-prefaceBytes {
		err = ErrRoom
	}
	if p.Sum = fmt.Sprintf("%x", sum.Sum(nil)); err == nil {
		_, err = f.WriteAt(p.encode(), 0)
	}
	err = errors.Join(err, f.Sync())
	_ = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED) // advice that is not taken changes nothing
	return p, errors.Join(err, f.Close())
}

// forget removes the oldest of a centre's backups beyond some number; their names sort by head.
func forget(dir string, of id.Centre, keep int) error {
	all, err := filepath.Glob(filepath.Join(dir, "markaz-"+string(of)+"-*"+suffix))
	if err != nil {
		return err
	}
	slices.Sort(all)
	for len(all) > keep {
		if err := os.Remove(all[0]); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("delete an old backup: %w", err)
		}
		all = all[1:]
	}
	return nil
}

// Verify reads a file from end to end: that it has the bytes that were written, and, with a key, that everything in it is
// what the box wrote. It reports ErrMalformed, ErrDamaged, ErrNotOurs and ErrForged.
func Verify(ctx context.Context, path string, keys ...Identity) error {
	if err := verifySum(ctx, path); err != nil || len(keys) == 0 {
		return err
	}
	r, err := Open(path, keys...)
	if err != nil {
		return err
	}
	defer r.Close()
	for err == nil {
		if err = ctx.Err(); err == nil {
			_, _, err = r.Next()
		}
	}
	if err == io.EOF {
		return nil
	}
	return err
}

func verifySum(ctx context.Context, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	p, err := ReadPreface(f)
	if err != nil {
		return err
	}
	sum := sha256.New()
	n, err := io.Copy(sum, attended{ctx, f})
	if err != nil {
		return err
	}
	if n != p.Bytes || !strings.EqualFold(p.Sum, fmt.Sprintf("%x", sum.Sum(nil))) {
		return fmt.Errorf("%w: %d bytes, of %d that were written, or others", ErrDamaged, n, p.Bytes)
	}
	return nil
}
