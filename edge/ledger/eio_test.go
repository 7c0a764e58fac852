package ledger_test

import (
	"context"
	"errors"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"markaz.example/edge/ledger"
)

// TestFailedSyncMisleadsNobody: whichever of a commit's two syncs fails, nobody is answered, no sender and no screen gets what
// is not known to be saved, the witness does not tell of it, and the next start is sound.
func TestFailedSyncMisleadsNobody(t *testing.T) {
	for name, c := range map[string]struct {
		fail    func(t *testing.T, l *ledger.Ledger, path string) (back func())
		visible bool // in the file, on the same handle
	}{
		"data": {func(t *testing.T, _ *ledger.Ledger, path string) func() {
			return swap(t, path, "/dev/null", unix.O_RDWR) // takes every write, and cannot be synced
		}, false},
		"header": {func(_ *testing.T, l *ledger.Ledger, _ string) func() {
			ledger.FailMetaSync(l, syscall.EIO)
			return func() {}
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			path := create(t)
			session(t, path, options(), note("a", "one"), note("b", "two"))
			l, err := ledger.Open(path, options())
			if err != nil {
				t.Fatal(err)
			}
			before := l.Acknowledged()
			back := c.fail(t, l, path)
			ended := make(chan error, 1)
			go func() { ended <- l.Run(context.Background()) }()
			err = l.Update(t.Context(), "test", note("c", "lost?"))
			back()
			if !errors.Is(err, ledger.ErrUnknown) || !errors.Is(<-ended, ledger.ErrUnknown) {
				t.Errorf("got %v, want ErrUnknown, and that the box leaves", err)
			}
			if visible := ledger.Filed(l) != before; visible != c.visible {
				t.Errorf("control: the record is visible in the file: %v, want %v", visible, c.visible)
			}
			if l.Acknowledged() != before {
				t.Error("the position that senders live on has moved")
			}
			if _, err := l.Read(before.Seq, 1<<20); !errors.Is(err, ledger.ErrUnknown) {
				t.Errorf("a sender got %v", err)
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			session(t, path, options(), note("d", "after"))
			judged, err := ledger.Examine(path, notes())
			if err != nil || judged.Seq <= before.Seq {
				t.Errorf("the next start: %s, %v", judged, err)
			}
		})
	}
}
