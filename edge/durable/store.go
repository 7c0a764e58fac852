package durable

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// lockWait is how long to wait for another process to let go of a file, enough for one that is just stopping.
const lockWait = time.Second

// Store is a kind of bbolt file: how it is opened, and what its owner calls each thing that can be wrong with it.
type Store struct {
	Mmap           int  // address space to begin with, bytes: growing the map later would block readers
	NoFreelistSync bool // saves a page a commit; opening then reads the whole file

	Missing, InUse, Format, Damaged, Full error
}

// Options are bbolt's for this kind of file. Its syncing is left at the defaults.
func (s Store) Options() *bolt.Options {
	o := *bolt.DefaultOptions
	o.Timeout = lockWait
	o.FreelistType = bolt.FreelistMapType
	o.NoFreelistSync = s.NoFreelistSync
	o.InitialMmapSize = s.Mmap
	return &o
}

// Create makes a file that is not there and lets fill make its buckets. It reports fs.ErrExist.
func (s Store) Create(path string, fill func(*bolt.Tx) error) error {
	return Create(path, func(aside string) error {
		db, err := bolt.Open(aside, 0o600, s.Options())
		if err != nil {
			return err
		}
		return errors.Join(db.Update(fill), db.Sync(), db.Close())
	})
}

// Open opens a file under guard and lets check look at it. It reports Missing, InUse, Format, Damaged or what check
// reports.
func (s Store) Open(path string, readOnly bool, check func(*bolt.Tx) error) (db *bolt.DB, err error) {
	defer func() { // after the guard, so that a wreck is let go of too
		if err != nil && db != nil {
			err = errors.Join(err, db.Close())
			db = nil
		}
	}()
	defer s.Guard(&err)()
	if err := s.look(path); err != nil {
		return nil, err
	}
	o := s.Options()
	o.ReadOnly = readOnly
	if db, err = bolt.Open(path, 0o600, o); err != nil {
		return nil, s.openError(err)
	}
	return db, db.View(func(tx *bolt.Tx) error {
		if err := s.whole(path, tx); err != nil {
			return err
		}
		if err := s.Sound(tx, false); err != nil {
			return err
		}
		return check(tx)
	})
}

// look keeps bbolt from making a new database where there is no file, or an empty one.
func (s Store) look(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s.Missing
	case err != nil:
		return err
	case info.Size() == 0:
		return fmt.Errorf("%w: it is empty", s.Damaged)
	}
	return nil
}

func (s Store) openError(err error) error {
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return s.InUse
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrChecksum):
		return fmt.Errorf("%w: %w", s.Damaged, err)
	case errors.Is(err, bolterrors.ErrVersionMismatch):
		return fmt.Errorf("%w: %w", s.Format, err)
	}
	return err
}

// whole checks that the file holds every page that its header counts; bbolt itself does not look.
func (s Store) whole(path string, tx *bolt.Tx) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Size() < tx.Size() {
		return fmt.Errorf("%w: it is cut short, %d of %d bytes are there", s.Damaged, info.Size(), tx.Size())
	}
	return nil
}

// CommitError tells Full, after which the file is as it was, from everything else, after which nobody knows.
func (s Store) CommitError(err error) error {
	if NoRoom(err) {
		return fmt.Errorf("%w: %w", s.Full, err)
	}
	return err
}

// NoRoom tells whether a commit of bbolt failed plainly for want of room: at a write, which bbolt rolls back before its meta
// page. A sync that finds no room, as on a thin volume or over a network, has lost some of the pages, and nobody knows which;
// bbolt gives its error bare, a write's with the file's name.
func NoRoom(err error) bool {
	if errors.Is(err, bolterrors.ErrMaxSizeReached) {
		return true
	}
	var at *fs.PathError
	return errors.As(err, &at) && errors.Is(at.Err, syscall.ENOSPC) && at.Op == "write"
}

// Guard turns a panic or a memory fault of this goroutine into Damaged. Use: defer s.Guard(&err)().
func (s Store) Guard(err *error) func() {
	before := debug.SetPanicOnFault(true)
	return func() {
		if p := recover(); p != nil {
			*err = fmt.Errorf("%w: %v", s.Damaged, p)
		}
		debug.SetPanicOnFault(before)
	}
}
