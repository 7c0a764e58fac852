package quorum

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"
	"testing/synctest"

	"markaz.example/sync/archive"
)

// TestRoomIsWaitedFor: what was full goes on by itself, and other errors come through at once.
func TestRoomIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := room{stopping: t.Context(), log: quiet(), short: func() {}}
		tries := 0
		err := r.retry("archive", archive.ErrFull, func() error {
			if tries++; tries < 20 {
				return fmt.Errorf("apply: %w", archive.ErrFull)
			}
			return nil
		})
		if err != nil || tries != 20 {
			t.Errorf("after %d tries: %v; want room at the 20th", tries, err)
		}
		if err := r.retry("archive", archive.ErrFull, func() error { return syscall.EIO }); !errors.Is(err, syscall.EIO) {
			t.Errorf("got %v, want %v", err, syscall.EIO)
		}
	})
}

// TestNothingIsAppliedOnceStopping: an entry must not be applied after one that was given up.
func TestNothingIsAppliedOnceStopping(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	r := room{stopping: ctx, log: quiet(), short: func() {}}
	err := r.retry("archive", archive.ErrFull, func() error { stop(); return archive.ErrFull })
	if !errors.Is(err, ErrStopped) {
		t.Errorf("stopped while full: got %v, want %v", err, ErrStopped)
	}
	err = r.retry("archive", archive.ErrFull, func() error { t.Error("applied after the stop"); return nil })
	if !errors.Is(err, ErrStopped) {
		t.Errorf("after the stop: got %v, want %v", err, ErrStopped)
	}
}

func TestStopsWhileTheLogDiskIsFull(t *testing.T) {
	r, f := startFaulty(t)
	c := grown("ISB-01", 1, 10)
	f.set(&fs.PathError{Op: "write", Path: "store.db", Err: syscall.ENOSPC})
	if _, _, err := r.Submit(context.Background(), c.Public(), pack(t, c, 1, 10)); !errors.Is(err, ErrNotReady) {
		t.Errorf("on a full disk: got %v, want %v", err, ErrNotReady)
	}
	r.close(t)
}
