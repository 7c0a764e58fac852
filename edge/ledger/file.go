package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
)

// What Create and Open report.
var (
	ErrMissing = errors.New("there is no ledger file")
	ErrExists  = errors.New("there is a ledger file already")
	ErrInUse   = errors.New("another process has the ledger open: is a markaz already running on this directory?")
	ErrFormat  = errors.New("not a ledger that this version can read")
	ErrDamaged = errors.New("the ledger file is damaged")
)

const formatVersion = 1

var (
	logName         = []byte("log")
	metaName        = []byte("meta")
	formatKey       = []byte("format")
	incarnationKey  = []byte("incarnation")
	confirmedKey    = []byte("confirmed")
	viewPrefix      = []byte("view/")         // then the book's name
	viewVersionsKey = []byte("view-version/") // then the book's name
)

// Create makes an empty ledger: under a temporary name, synced, renamed, and the directory synced, so that a power cut
// leaves either no ledger or a whole one. It reports ErrExists.
func Create(path string, in chain.Incarnation) error {
	if err := in.Centre.Check(); err != nil {
		return fmt.Errorf("create ledger: %w", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("create %s: %w", path, errors.Join(ErrExists, err))
	}
	aside := path + ".new"
	if err := os.Remove(aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("clear an unfinished ledger: %w", err)
	}
	if err := fill(aside, in); err != nil {
		return fmt.Errorf("create %s: %w", path, err)
	}
	if err := os.Rename(aside, path); err != nil {
		return fmt.Errorf("create %s: %w", path, err)
	}
	return syncDir(filepath.Dir(path))
}

func fill(path string, in chain.Incarnation) error {
	db, err := bolt.Open(path, 0o600, boltOptions())
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		if _, err := tx.CreateBucket(logName); err != nil {
			return err
		}
		meta, err := tx.CreateBucket(metaName)
		if err != nil {
			return err
		}
		return errors.Join(
			meta.Put(formatKey, []byte{formatVersion}),
			meta.Put(incarnationKey, append(in.Nonce[:], in.Centre...)),
		)
	})
	return errors.Join(err, db.Sync(), db.Close())
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync directory: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}

func boltOptions() *bolt.Options {
	o := *bolt.DefaultOptions
	o.Timeout = lockWait
	o.FreelistType = bolt.FreelistMapType
	o.InitialMmapSize = mmapInitial
	return &o
}

// openFile opens the file under guard: bbolt panics and faults on wrecks, and a wreck is a state, not the end.
func openFile(path string, readOnly bool) (db *bolt.DB, in chain.Incarnation, err error) {
	defer guard(&err)()
	if err := checkFile(path); err != nil {
		return nil, in, fmt.Errorf("open %s: %w", path, err)
	}
	o := boltOptions()
	o.ReadOnly = readOnly
	if db, err = bolt.Open(path, 0o600, o); err != nil {
		return nil, in, fmt.Errorf("open %s: %w", path, openError(err))
	}
	if err = db.View(func(tx *bolt.Tx) error { in, err = readMeta(tx); return errors.Join(err, whole(path, tx)) }); err != nil {
		return nil, in, errors.Join(fmt.Errorf("open %s: %w", path, err), db.Close())
	}
	return db, in, nil
}

// checkFile keeps bbolt from making a new database where there is no file, or an empty one.
func checkFile(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ErrMissing
	case err != nil:
		return err
	case info.Size() == 0:
		return fmt.Errorf("%w: it is empty", ErrDamaged)
	}
	return nil
}

func openError(err error) error {
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return ErrInUse
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrChecksum):
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	case errors.Is(err, bolterrors.ErrVersionMismatch):
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return err
}

// whole checks that the file holds every page that its header counts; bbolt itself does not look.
func whole(path string, tx *bolt.Tx) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Size() < tx.Size() {
		return fmt.Errorf("%w: it is cut short, %d of %d bytes are there", ErrDamaged, info.Size(), tx.Size())
	}
	return nil
}

func readMeta(tx *bolt.Tx) (chain.Incarnation, error) {
	var in chain.Incarnation
	meta := tx.Bucket(metaName)
	if meta == nil || tx.Bucket(logName) == nil {
		return in, fmt.Errorf("%w: its buckets are missing", ErrFormat)
	}
	if f := meta.Get(formatKey); len(f) != 1 || f[0] != formatVersion {
		return in, fmt.Errorf("%w: format %v, want %d", ErrFormat, f, formatVersion)
	}
	b := meta.Get(incarnationKey)
	if len(b) <= chain.NonceBytes {
		return in, fmt.Errorf("%w: no incarnation", ErrFormat)
	}
	in.Centre = id.Centre(b[chain.NonceBytes:])
	copy(in.Nonce[:], b)
	return in, in.Centre.Check()
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

func seqKey(seq uint64) []byte { return binary.BigEndian.AppendUint64(nil, seq) }

// row is a record in the log bucket: its hash, then its stored bytes.
func row(h chain.Hash, stored []byte) []byte {
	return append(append(make([]byte, 0, len(h)+len(stored)), h[:]...), stored...)
}

func parseRow(key, value []byte) (chain.Position, []byte, error) {
	var p chain.Position
	if len(key) != 8 || len(value) <= len(p.Hash) {
		return p, nil, fmt.Errorf("%w: log row with %d and %d bytes", ErrDamaged, len(key), len(value))
	}
	p.Seq = binary.BigEndian.Uint64(key)
	copy(p.Hash[:], value)
	return p, value[len(p.Hash):], nil
}

// headOf is the newest record in a transaction's log; the start when there is none.
func headOf(tx *bolt.Tx, in chain.Incarnation) (chain.Position, error) {
	k, v := tx.Bucket(logName).Cursor().Last()
	if k == nil {
		return in.Start(), nil
	}
	p, _, err := parseRow(k, v)
	return p, err
}
