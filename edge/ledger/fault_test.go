package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/sys/unix"

	"markaz.example/edge/ledger"
)

// descriptor finds the open descriptor of a file of this process.
func descriptor(t *testing.T, path string) int {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range fds {
		if to, _ := os.Readlink("/proc/self/fd/" + fd.Name()); to == path {
			var n int
			if _, err := fmt.Sscan(fd.Name(), &n); err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatal("no descriptor of ", path)
	return -1
}

// swap makes a descriptor point at another file until the function it returns is called: the kernel's own errors
// reach the ledger as those of a failing disk would.
func swap(t *testing.T, path, with string, flags int) (back func()) {
	t.Helper()
	fd := descriptor(t, path)
	kept, err := unix.Dup(fd)
	if err != nil {
		t.Fatal(err)
	}
	other, err := unix.Open(with, flags, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Dup2(other, fd); err != nil {
		t.Fatal(err)
	}
	unix.Close(other)
	return func() {
		if err := unix.Dup2(kept, fd); err != nil {
			t.Fatal(err)
		}
		unix.Close(kept)
	}
}

func TestFullDiskIsAStateNotAnEnd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	if err := ledger.Create(path, testIncarnation()); err != nil {
		t.Fatal(err)
	}
	l := reopen(t, path)
	if err := l.Update(t.Context(), "test", note("a", "before")); err != nil {
		t.Fatal(err)
	}
	back := swap(t, path, "/dev/full", unix.O_RDWR)
	err := l.Update(t.Context(), "test", note("a", "during"))
	back()
	if !errors.Is(err, ledger.ErrFull) {
		t.Fatalf("got %v, want ErrFull", err)
	}
	if got := get(t, l, "a"); got != "before" {
		t.Errorf("a refused decision shows %q", got)
	}
	if err := l.Update(t.Context(), "test", note("a", "after")); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func TestFailedCommitSilencesTheLedger(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	if err := ledger.Create(path, testIncarnation()); err != nil {
		t.Fatal(err)
	}
	l := reopen(t, path)
	changed := l.Changed()
	back := swap(t, path, "/dev/null", unix.O_RDONLY) // every write fails with EBADF
	err := l.Update(t.Context(), "test", note("a", "x"))
	back()
	if !errors.Is(err, ledger.ErrUnknown) {
		t.Fatalf("got %v, want ErrUnknown", err)
	}
	<-changed // senders and screens are woken
	if _, err := l.Read(0, 1<<20); !errors.Is(err, ledger.ErrUnknown) {
		t.Errorf("a sender got %v, want ErrUnknown", err)
	}
	if err := l.View(t.Context(), func(ledger.Snapshot) error { return nil }); !errors.Is(err, ledger.ErrUnknown) {
		t.Errorf("a screen got %v, want ErrUnknown", err)
	}
	if err := l.Update(t.Context(), "test", note("b", "x")); !errors.Is(err, ledger.ErrStopped) {
		t.Errorf("the next decision got %v, want ErrStopped", err)
	}
}

// TestClosedLedgerSaysSo: whoever comes after Close is told the same, whatever they came for.
func TestClosedLedgerSaysSo(t *testing.T) {
	l, err := ledger.Open(create(t), ledger.Options{Software: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	_, reading := l.Read(0, 1<<20)
	for what, err := range map[string]error{
		"a screen":   l.View(t.Context(), func(ledger.Snapshot) error { return nil }),
		"a sender":   reading,
		"a decision": l.Update(t.Context(), "test", note("a", "x")),
	} {
		if !errors.Is(err, ledger.ErrStopped) {
			t.Errorf("%s got %v, want ErrStopped", what, err)
		}
	}
}

func TestWrecksAreNamed(t *testing.T) {
	whole := wholeFile(t)
	for name, c := range map[string]struct {
		spoil func([]byte) []byte
		want  error
	}{
		"empty":           {func(b []byte) []byte { return b[:0] }, ledger.ErrDamaged},
		"a text file":     {func(b []byte) []byte { return []byte("this is no ledger, but it is long enough to be read") }, ledger.ErrDamaged},
		"the first pages": {func(b []byte) []byte { return b[:5*4096] }, ledger.ErrDamaged},
		"all but a byte":  {func(b []byte) []byte { return b[:used(t, b)-1] }, ledger.ErrDamaged},
		"zeroed headers":  {func(b []byte) []byte { clear(b[:8192]); return b }, ledger.ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "ledger.db")
			if err := os.WriteFile(path, c.spoil(append([]byte(nil), whole...)), 0o600); err != nil {
				t.Fatal(err)
			}
			if l, err := ledger.Open(path, ledger.Options{Books: notes(), Software: "test"}); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
				if l != nil {
					l.Close()
				}
			}
		})
	}
}

// used is how many bytes the pages of a ledger take; the file itself is grown ahead.
func used(t *testing.T, file []byte) int64 {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ledger.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin(false)
	if err != nil {
		t.Fatal(err)
	}
	size := tx.Size()
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	return size
}

func wholeFile(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ledger.db")
	if err := ledger.Create(path, testIncarnation()); err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(path, ledger.Options{Books: notes(), Software: "test"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	for i := range 200 {
		if err := l.Update(ctx, "test", note(fmt.Sprint("k", i), "some text that is long enough to fill pages")); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	if err := errors.Join(<-ended, l.Close()); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
