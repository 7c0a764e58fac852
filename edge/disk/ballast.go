package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// Room is how much there is on a volume, in the words of what may still be done.
type Room uint8

// The rooms, the widest first.
const (
	Ample  Room = iota // everything
	Scarce             // nothing large: packs, pictures, registrations
	Spent              // the ballast is given up, for what must not stop alone
)

func (r Room) String() string { return [...]string{"ample", "scarce", "spent"}[r] }

// MarshalText gives the word.
func (r Room) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// Ballast is room that is kept back on a volume, as a file of Bytes at Path. It is given up when a store finds the volume
// full, and taken back when there is room again. Any goroutine may call it. With no Bytes there is none to give up.
type Ballast struct {
	Path  string
	Bytes int64
	Spare int64                  // free room below which things are scarce; 0 means ScarceBytes
	Free  func(dir string) int64 // how much room a volume has; nil asks the kernel

	mu   sync.Mutex
	room Room  // guarded by mu
	held bool  // guarded by mu
	free int64 // guarded by mu; at the last look
}

// Look asks how much room there is, takes the ballast or takes it back when there is enough for it.
func (b *Ballast) Look() Room {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.free = b.ask()
	b.held = b.Bytes > 0 && size(b.Path) == b.Bytes
	if !b.held && b.Bytes > 0 && b.free >= b.Bytes+b.spare() {
		b.held = b.take() == nil
		b.free = b.ask()
	}
	b.room = b.judge()
	return b.room
}

// judge: without a ballast of its own a store has only what is free.
func (b *Ballast) judge() Room {
	switch {
	case b.Bytes > 0 && !b.held:
		return Spent
	case b.free < b.spare():
		return Scarce
	}
	return Ample
}

func (b *Ballast) spare() int64 {
	if b.Spare > 0 {
		return b.Spare
	}
	return ScarceBytes
}

func (b *Ballast) ask() int64 {
	if b.Free != nil {
		return b.Free(filepath.Dir(b.Path))
	}
	return free(filepath.Dir(b.Path))
}

// Release gives the ballast up, and tells whether room came of that.
func (b *Ballast) Release() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Bytes == 0 || size(b.Path) == 0 {
		return false
	}
	if err := os.Truncate(b.Path, 0); err != nil {
		return false
	}
	b.held, b.room, b.free = false, Spent, b.ask()
	return true
}

// Room is what the last Look found.
func (b *Ballast) Room() Room {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.room
}

// Ceiling is how large a bbolt file may become that is so large now, so that it refuses before the volume does: it may fill
// the room that it has, and grow while that leaves enough on the volume. 0 means that nothing bounds it.
func (b *Ballast) Ceiling(fileBytes int64) int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.free >= growBytes+reserveBytes {
		return 0
	}
	return fileBytes + growBytes // bbolt counts its next step on top of what it needs
}

// take makes the file, in blocks that are really there.
func (b *Ballast) take() error {
	f, err := os.OpenFile(b.Path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("take the ballast: %w", err)
	}
	err = errors.Join(allocate(f, b.Bytes), f.Close())
	if err != nil {
		return fmt.Errorf("take the ballast: %w", errors.Join(err, os.Truncate(b.Path, 0)))
	}
	return nil
}

// Fill gives a sparse file the blocks that its length promises, so that what is written inside it finds room.
func Fill(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if s, ok := info.Sys().(*syscall.Stat_t); !ok || s.Blocks*statBlock >= info.Size() {
		return nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	err = syscall.Fallocate(int(f.Fd()), keepSize, 0, info.Size())
	if errors.Is(err, syscall.EOPNOTSUPP) {
		err = nil // then the volume may refuse first; the ballast is there for that
	}
	return errors.Join(err, f.Close())
}

const (
	statBlock = 512  // what st_blocks counts in
	keepSize  = 0x01 // FALLOC_FL_KEEP_SIZE: whoever grows the file meanwhile is not undone
)

// allocate writes zeros where the file system cannot allocate.
func allocate(f *os.File, n int64) error {
	err := syscall.Fallocate(int(f.Fd()), 0, 0, n)
	if !errors.Is(err, syscall.EOPNOTSUPP) {
		return err
	}
	zeros := make([]byte, zeroBytes)
	for at := int64(0); at < n; at += zeroBytes {
		if _, err := f.WriteAt(zeros[:min(zeroBytes, n-at)], at); err != nil {
			return err
		}
	}
	return f.Sync()
}

func size(path string) int64 {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err != nil {
		return 0
	}
	return info.Size()
}
