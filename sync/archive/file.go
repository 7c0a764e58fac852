package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"syscall"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// What Open and everything that reads may report.
var (
	ErrMissing = errors.New("there is no archive file")
	ErrInUse   = errors.New("another process has the archive open: a markaz-hq is already running on this directory, stop it first")
	ErrFormat  = errors.New("not an archive that this version can read")
	ErrAbsent  = errors.New("headquarters does not hold it")
	ErrDamaged = errors.New("the archive is damaged")
)

const formatVersion = 1

var (
	metaName    = []byte("meta")
	chainsName  = []byte("chains")
	batchesName = []byte("batches") // of a chain
	forksName   = []byte("forks")   // of a chain
	formatKey   = []byte("format")
	appliedKey  = []byte("applied")
	endKey      = []byte("end") // of a chain
	pinKey      = []byte("key") // of a chain
)

// CreateAside makes a file that a power cut leaves either absent or whole: build fills it under a temporary name and
// syncs it, then it is renamed and the directory synced. It does nothing when the file is there.
func CreateAside(path string, build func(aside string) error) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	aside := path + ".new"
	if err := os.Remove(aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("clear an unfinished file: %w", err)
	}
	if err := build(aside); err != nil {
		return fmt.Errorf("create %s: %w", path, err)
	}
	if err := os.Rename(aside, path); err != nil {
		return fmt.Errorf("create %s: %w", path, err)
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync directory: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}

func fill(path string) error {
	db, err := bolt.Open(path, 0o600, boltOptions())
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		if _, err := tx.CreateBucket(chainsName); err != nil {
			return err
		}
		meta, err := tx.CreateBucket(metaName)
		if err != nil {
			return err
		}
		return errors.Join(meta.Put(formatKey, []byte{formatVersion}), meta.Put(appliedKey, seqKey(0)))
	})
	return errors.Join(err, db.Sync(), db.Close())
}

func boltOptions() *bolt.Options {
	o := *bolt.DefaultOptions
	o.Timeout = lockWait
	o.FreelistType = bolt.FreelistMapType
	o.NoFreelistSync = true
	o.InitialMmapSize = mmapInitial
	return &o
}

// openFile opens the file under guard: bbolt panics and faults on wrecks, and a wreck is a state, not the end.
func openFile(path string, readOnly bool) (db *bolt.DB, err error) {
	defer guard(&err)()
	o := boltOptions()
	o.ReadOnly = readOnly
	if db, err = bolt.Open(path, 0o600, o); err != nil {
		return nil, openError(err)
	}
	if err = db.View(checkMeta); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func openError(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ErrMissing
	case errors.Is(err, bolterrors.ErrTimeout):
		return ErrInUse
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrChecksum):
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	case errors.Is(err, bolterrors.ErrVersionMismatch):
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return err
}

func checkMeta(tx *bolt.Tx) error {
	meta := tx.Bucket(metaName)
	if meta == nil || tx.Bucket(chainsName) == nil {
		return fmt.Errorf("%w: its buckets are missing", ErrFormat)
	}
	if f := meta.Get(formatKey); len(f) != 1 || f[0] != formatVersion {
		return fmt.Errorf("%w: format %v, want %d", ErrFormat, f, formatVersion)
	}
	if n := len(meta.Get(appliedKey)); n != 8 {
		return fmt.Errorf("%w: applied index of %d bytes", ErrDamaged, n)
	}
	return nil
}

// commitError tells "no room", after which the file is as it was, from everything else.
func commitError(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, bolterrors.ErrMaxSizeReached) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

// guard turns a panic or a memory fault of this goroutine into ErrDamaged. Use: defer guard(&err)().
func guard(err *error) func() {
	before := debug.SetPanicOnFault(true)
	return func() {
		if p := recover(); p != nil {
			*err = fmt.Errorf("%w: %v", ErrDamaged, p)
		}
		debug.SetPanicOnFault(before)
	}
}
