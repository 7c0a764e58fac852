package depot

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"markaz.example/edge/pack"
)

// ErrPiece is reported for a piece that does not follow what is on disk.
var ErrPiece = errors.New("not the piece that was wanted")

const partExt, wholeExt = ".part", ".pack"

// shelf is the files.
type shelf struct{ dir string }

func (s shelf) path(d pack.Digest, ext string) string { return filepath.Join(s.dir, d.String()+ext) }

// have is how much of a content is on disk: all of it, or the beginning of it.
func (s shelf) have(m pack.Manifest) (bytes uint64, whole bool) {
	if info, err := os.Stat(s.path(m.Digest, wholeExt)); err == nil && uint64(info.Size()) == m.Size {
		return m.Size, true
	}
	info, err := os.Stat(s.path(m.Digest, partExt))
	if err != nil {
		return 0, false
	}
	return uint64(info.Size()), false
}

// add puts a piece behind what is there, durably. A piece that was half written before a cut is written over.
func (s shelf) add(d pack.Digest, offset uint64, piece []byte) (err error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("directory of packs: %w", err)
	}
	f, err := os.OpenFile(s.path(d, partExt), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keep a piece: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if info, err := f.Stat(); err != nil || uint64(info.Size()) != offset {
		return fmt.Errorf("keep a piece at %d: %w", offset, errors.Join(ErrPiece, err))
	}
	if _, err := f.WriteAt(piece, int64(offset)); err != nil {
		// A full disk may have taken a part of it. What is not synced may be kept too: the digest judges in the end.
		return fmt.Errorf("keep a piece: %w", errors.Join(err, f.Truncate(int64(offset))))
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("keep a piece: %w", err)
	}
	return nil
}

// finish names a part whole when it is what was signed. It reports pack.ErrContent, and then the part is gone.
func (s shelf) finish(m pack.Manifest) error {
	part := s.path(m.Digest, partExt)
	d, err := digestOf(part)
	if err != nil {
		return err
	}
	if d != m.Digest {
		return fmt.Errorf("%w: %s %d", errors.Join(pack.ErrContent, os.Remove(part)), m.Name, m.Version)
	}
	if err := os.Rename(part, s.path(m.Digest, wholeExt)); err != nil {
		return err
	}
	return s.sync()
}

func digestOf(path string) (d pack.Digest, err error) {
	f, err := os.Open(path)
	if err != nil {
		return d, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(f, pack.ContentBytesMax+1)); err != nil {
		return d, err
	}
	h.Sum(d[:0])
	return d, nil
}

func (s shelf) sync() error {
	dir, err := os.Open(s.dir)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// read gives a whole content. It reports pack.ErrContent, and then the file is gone: it will be fetched again.
func (s shelf) read(m pack.Manifest) ([]byte, error) {
	path := s.path(m.Digest, wholeExt)
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if err := m.Fits(b); err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	return b, nil
}

// sweep removes all files but those of the digests to keep.
func (s shelf) sweep(keep map[pack.Digest]bool) error {
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // no pack ever came
	}
	if err != nil {
		return err
	}
	names := map[string]bool{}
	for d := range keep {
		names[d.String()] = true
	}
	var errs []error
	for _, e := range entries {
		ext := filepath.Ext(e.Name())
		if (ext == partExt || ext == wholeExt) && !names[strings.TrimSuffix(e.Name(), ext)] {
			if err := os.Remove(filepath.Join(s.dir, e.Name())); !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}
