package quorum

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"

	"github.com/hashicorp/raft"
	raftboltdb "github.com/hashicorp/raft-boltdb/v2"
	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"markaz.example/edge/durable"
)

// What opening and writing the raft log may report.
var (
	ErrInUse   = errors.New("another process has the raft log open: a markaz-hq is already running on this directory, stop it first")
	ErrUnknown = errors.New("the outcome of a write to the raft log is unknown: the process must leave and start again")
	ErrDamaged = errors.New("the raft log is damaged: copy raft.db, snapshots/ and archive.db from one moment of a backup, or let this node join its group as a new one")
	errFull    = errors.New("no room on the disk of the raft log")
)

// store is what raft keeps on disk.
type store interface {
	raft.LogStore
	raft.StableStore
}

// openStore opens raft's log and votes, made aside first so that a power cut leaves none or a whole one.
func openStore(dir string) (s summed, err error) {
	path := filepath.Join(dir, "raft.db")
	create := func(aside string) error {
		s, err := newBolt(aside)
		if err != nil {
			return err
		}
		return errors.Join(s.Sync(), s.Close())
	}
	if err := durable.Create(path, create); err != nil && !errors.Is(err, fs.ErrExist) {
		return s, err
	}
	if s.BoltStore, err = openGuarded(path); err != nil {
		return s, fmt.Errorf("open raft log %s: %w", path, err)
	}
	return s, nil
}

// wreck is what a raft log's file can be, besides one.
var wreck = durable.Store{NoFreelistSync: true, InUse: ErrInUse, Missing: ErrDamaged, Format: ErrDamaged, Damaged: ErrDamaged}

// openGuarded looks whether the file is whole before raft-boltdb opens it, which panics on a wreck or makes a new log of it.
func openGuarded(path string) (s *raftboltdb.BoltStore, err error) {
	defer wreck.Guard(&err)()
	db, err := wreck.Open(path, true, func(*bolt.Tx) error { return nil })
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		return nil, err
	}
	s, err = newBolt(path)
	if errors.Is(err, bolterrors.ErrTimeout) {
		err = ErrInUse
	}
	return s, err
}

func newBolt(path string) (*raftboltdb.BoltStore, error) {
	o := durable.Store{NoFreelistSync: true}.Options()
	return raftboltdb.New(raftboltdb.Options{Path: path, BoltOptions: o, MsgpackUseNewTimeFormat: true})
}

// latched refuses everything after a write whose outcome is unknown. Raft itself would step down and go on, and a later
// write could make permanent what this one was said not to be.
type latched struct {
	store
	room   room
	fail   func(error) // makes the node stop; stopping then ends room
	memory *memory     // of how far the log has come
}

// StoreLog reports errFull, or ErrUnknown.
func (s latched) StoreLog(l *raft.Log) error { return s.StoreLogs([]*raft.Log{l}) }

// StoreLogs reports errFull, or ErrUnknown. On a full disk raft steps down, and elects itself again once there is room.
func (s latched) StoreLogs(logs []*raft.Log) error {
	err := s.write("append", func() error { return s.store.StoreLogs(logs) })
	if err == nil && len(logs) > 0 {
		s.memory.stored(logs[len(logs)-1])
	}
	return err
}

// GetLog reports ErrDamaged, and then the node stops: raft would go on, or fall.
func (s latched) GetLog(index uint64, l *raft.Log) error {
	err := s.store.GetLog(index, l)
	if errors.Is(err, ErrDamaged) {
		s.fail(err)
	}
	return err
}

// DeleteRange reports errFull, or ErrUnknown. When it takes the log's end away, the witness is told beforehand: what it says
// must never be more than what is there.
func (s latched) DeleteRange(from, to uint64) error {
	if err := s.memory.cut(from, to); err != nil {
		return fmt.Errorf("cut: %w", err)
	}
	return s.write("cut", func() error { return s.store.DeleteRange(from, to) })
}

// Set reports errFull, or ErrUnknown.
func (s latched) Set(key, value []byte) error {
	return s.write("vote", func() error { return s.store.Set(key, value) })
}

// SetUint64 keeps the term, without which raft panics. So it waits out a full disk; and when the node stops it ends
// raft's loop here, whose deferred calls let Shutdown finish, rather than return and bring the process down.
func (s latched) SetUint64(key []byte, value uint64) error {
	err := s.room.retry("raft log", errFull, func() error {
		return s.write("term", func() error { return s.store.SetUint64(key, value) })
	})
	if err == nil && string(key) == currentTerm {
		s.memory.term(value)
	}
	if err != nil {
		runtime.Goexit()
	}
	return nil
}

func (s latched) write(what string, do func() error) error {
	if s.room.stopping.Err() != nil {
		return ErrStopped
	}
	err := do()
	if durable.NoRoom(err) && s.room.release != nil && s.room.release() {
		err = do()
	}
	switch {
	case err == nil:
		return nil
	case durable.NoRoom(err):
		return fmt.Errorf("%w: %s: %w", errFull, what, err)
	}
	err = fmt.Errorf("%w: %s: %w", ErrUnknown, what, err)
	s.fail(err)
	return err
}
