package quorum

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"markaz.example/edge/disk"
	"markaz.example/sync/archive"
)

// TestShortRoomIsRefusedBeforeTheDiskIs: while room is short nothing new is taken, what is held is still told, and the page can
// say why; with room again all goes on by itself, the ballast too. The control is a node that keeps nothing back.
func TestShortRoomIsRefusedBeforeTheDiskIs(t *testing.T) {
	for name, ballast := range map[string]int64{"with ballast": 1 << 20, "control": 0} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			var room atomic.Int64
			room.Store(1 << 30)
			a, err := archive.Open(filepath.Join(dir, "archive.db"), nil)
			if err != nil {
				t.Fatal(err)
			}
			n, err := Open(Config{
				Dir: dir, Name: "hq-1", Archive: a, Log: quiet(), Ballast: ballast,
				Free: func(string) int64 { return room.Load() },
			})
			if err != nil {
				t.Fatal(err)
			}
			r := run(t, n, a)
			defer r.close(t)
			c := grown("ISB-01", 1, 20)
			r.submit(t, c, pack(t, c, 1, 10), archive.Append, 10)
			room.Store(1 << 20)
			if ballast > 0 {
				awaitRoom(t, func() bool { return n.ballast.Room() == disk.Scarce })
			}
			_, _, err = r.Submit(context.Background(), c.Public(), pack(t, c, 11, 20))
			if refused := errors.Is(err, ErrNotReady); refused != (ballast > 0) {
				t.Fatalf("while room is short: %v", err)
			}
			if ballast == 0 {
				return
			}
			if at, err := r.Held(c.In); err != nil || at.Seq != 10 {
				t.Errorf("what is held: %s, %v", at, err)
			}
			if got := n.about().Disk; got != "scarce" {
				t.Errorf("said of its disk: %q", got)
			}
			if !n.ballast.Release() || n.trouble() != "full" {
				t.Errorf("after the ballast was given up: %q", n.trouble())
			}
			room.Store(1 << 30)
			awaitRoom(t, func() bool { return n.ballast.Room() == disk.Ample })
			r.submit(t, c, pack(t, c, 11, 20), archive.Append, 20)
			if info, err := os.Stat(filepath.Join(dir, ballastName)); err != nil || info.Size() != ballast {
				t.Errorf("the ballast is not back: %v %v", info, err)
			}
		})
	}
}

// awaitRoom looks again until something holds.
func awaitRoom(t *testing.T, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(tendEvery / 20) {
		if time.Now().After(deadline) {
			t.Fatal("waited for a minute")
		}
	}
}
