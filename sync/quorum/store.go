package quorum

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/hashicorp/raft"
	raftboltdb "github.com/hashicorp/raft-boltdb/v2"
	bolterrors "go.etcd.io/bbolt/errors"

	"markaz.example/edge/durable"
)

// What opening and writing the raft log may report.
var (
	ErrInUse   = errors.New("another process has the raft log open: a markaz-hq is already running on this directory, stop it first")
	ErrUnknown = errors.New("the outcome of a write to the raft log is unknown: the process must leave and start again")
	errFull    = errors.New("no room on the disk of the raft log")
)

// store is what raft keeps on disk.
type store interface {
	raft.LogStore
	raft.StableStore
}

// openStore opens raft's log and votes, made aside first so that a power cut leaves none or a whole one.
func openStore(dir string) (*raftboltdb.BoltStore, error) {
	path := filepath.Join(dir, "raft.db")
	create := func(aside string) error {
		s, err := newBolt(aside)
		if err != nil {
			return err
		}
		return errors.Join(s.Sync(), s.Close())
	}
	if err := durable.Create(path, create); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	s, err := newBolt(path)
	if errors.Is(err, bolterrors.ErrTimeout) {
		err = ErrInUse
	}
	if err != nil {
		return nil, fmt.Errorf("open raft log %s: %w", path, err)
	}
	return s, nil
}

func newBolt(path string) (*raftboltdb.BoltStore, error) {
	o := durable.Store{NoFreelistSync: true}.Options()
	return raftboltdb.New(raftboltdb.Options{Path: path, BoltOptions: o, MsgpackUseNewTimeFormat: true})
}

// latched refuses everything after a write whose outcome is unknown. Raft itself would step down and go on, and a later
// write could make permanent what this one was said not to be.
type latched struct {
	store
	room room
	fail func(error) // makes the node stop; stopping then ends room
}

// StoreLog reports errFull, or ErrUnknown.
func (s latched) StoreLog(l *raft.Log) error { return s.StoreLogs([]*raft.Log{l}) }

// StoreLogs reports errFull, or ErrUnknown. On a full disk raft steps down, and elects itself again once there is room.
func (s latched) StoreLogs(logs []*raft.Log) error {
	return s.write("append", func() error { return s.store.StoreLogs(logs) })
}

// DeleteRange reports errFull, or ErrUnknown.
func (s latched) DeleteRange(from, to uint64) error {
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
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, bolterrors.ErrMaxSizeReached):
		return fmt.Errorf("%w: %s: %w", errFull, what, err)
	}
	err = fmt.Errorf("%w: %s: %w", ErrUnknown, what, err)
	s.fail(err)
	return err
}
