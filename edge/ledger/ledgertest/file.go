package ledgertest

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/ledger"
)

// TB is what this package needs of testing.TB, so that rapid.T will do as well.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

// File is a ledger file that can be opened, stopped and opened again.
type File struct {
	*ledger.Ledger // nil while stopped
	Clock          *Clock

	dir   string
	books []ledger.Book
	stop  context.CancelFunc
	ended chan error
}

// Create makes a ledger in a directory of its own and runs it. Call Close at the end.
func Create(t TB, books ...ledger.Book) *File {
	t.Helper()
	return CreateIn(t, "", books...)
}

// Memory is a directory that no disk stands behind, for small ledgers of which a test makes many; empty, which stands for
// the usual one, where the system has none.
func Memory() string {
	const shared = "/dev/shm"
	if at, err := os.Stat(shared); err != nil || !at.IsDir() {
		return ""
	}
	return shared
}

// CreateIn is Create below a directory.
func CreateIn(t TB, below string, books ...ledger.Book) *File {
	t.Helper()
	dir, err := os.MkdirTemp(below, "ledgertest")
	if err != nil {
		t.Fatalf("create ledger: %v", err)
	}
	f := &File{dir: dir, books: books, Clock: NewClock()}
	if err := ledger.Create(f.path(), chain.Incarnation{Centre: "ISB-01", Nonce: [16]byte{1}}); err != nil {
		t.Fatalf("create ledger: %v", err)
	}
	f.Start(t)
	return f
}

func (f *File) path() string { return filepath.Join(f.dir, "ledger.db") }

// Start opens the file, as a box does when it boots, and runs its writer.
func (f *File) Start(t TB) {
	t.Helper()
	l, err := ledger.Open(f.path(), ledger.Options{Books: f.books, Software: "test", Source: f.Clock})
	if err != nil {
		t.Fatalf("open ledger: %v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	f.Ledger, f.stop, f.ended = l, stop, make(chan error, 1)
	go func() { f.ended <- l.Run(ctx) }()
}

// Stop ends the writer between two commits and closes the file: what was acknowledged is there, nothing else is.
func (f *File) Stop(t TB) {
	t.Helper()
	if f.Ledger == nil {
		return
	}
	f.stop()
	if err := <-f.ended; err != nil {
		t.Errorf("run ledger: %v", err)
	}
	if err := f.Ledger.Close(); err != nil {
		t.Errorf("close ledger: %v", err)
	}
	f.Ledger = nil
}

// Reboot stops the ledger and starts it again, with the monotonic clock at zero.
func (f *File) Reboot(t TB) {
	t.Helper()
	f.Stop(t)
	f.Clock.boot()
	f.Start(t)
}

// Close stops the ledger, verifies it, drops and rebuilds its views, compares them, and removes the file.
func (f *File) Close(t TB) {
	t.Helper()
	f.Stop(t)
	defer os.RemoveAll(f.dir)
	f.rebuild(t)
}

// Cut is Reboot after a power cut: the file is opened as it was left, verified, and its views are rebuilt. What was kept,
// what is read from the file and what is rebuilt must be the same bytes.
func (f *File) Cut(t TB) {
	t.Helper()
	running := f.views(t, f.Ledger)
	f.Stop(t)
	same(t, "running", running, f.rebuild(t))
	f.Clock.boot()
	f.Start(t)
}

// rebuild verifies the closed file, rebuilds its views, and gives them.
func (f *File) rebuild(t TB) map[string][]byte {
	t.Helper()
	kept := f.inspect(t)
	if _, err := ledger.RebuildFile(context.Background(), f.path(), f.books, nil); err != nil {
		t.Fatalf("rebuild views: %v", err)
	}
	made := f.inspect(t)
	same(t, "kept", kept, made)
	return made
}

// same reports each key of views that differs from the rebuilt ones.
func same(t TB, what string, views, rebuilt map[string][]byte) {
	t.Helper()
	for _, key := range slices.Sorted(maps.Keys(views)) {
		if other, ok := rebuilt[key]; !ok || !bytes.Equal(views[key], other) {
			t.Errorf("view key %q: %s %x, rebuilt %x", key, what, views[key], other)
		}
	}
	for key, value := range rebuilt {
		if _, ok := views[key]; !ok {
			t.Errorf("view key %q: rebuilt %x, not %s", key, value, what)
		}
	}
}

// inspect verifies the closed file and gives its views.
func (f *File) inspect(t TB) map[string][]byte {
	t.Helper()
	l, err := ledger.OpenReadOnly(f.path(), f.books)
	if err != nil {
		t.Fatalf("open ledger: %v", err)
	}
	defer l.Close()
	if _, err := l.Verify(context.Background(), nil); err != nil {
		t.Errorf("verify at the end of the test: %v", err)
	}
	return f.views(t, l)
}

// views is every key of every view, under the book's name.
func (f *File) views(t TB, l *ledger.Ledger) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := l.View(context.Background(), func(s ledger.Snapshot) error {
		for _, b := range f.books {
			s.Reader(b.Name).Scan(nil, func(key, value []byte) bool {
				all[fmt.Sprintf("%s/%s", b.Name, key)] = bytes.Clone(value)
				return true
			})
		}
		return nil
	})
	if err != nil {
		t.Fatalf("read views: %v", err)
	}
	return all
}

// Clock is a clock.Source that stands still until it is told to move. Any goroutine may call it.
type Clock struct {
	mu   sync.Mutex
	wall time.Time     // guarded by mu
	mono time.Duration // guarded by mu
}

// NewClock shows the morning of 22 November 2026, at nine in Karachi.
func NewClock() *Clock { return &Clock{wall: time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)} }

var _ clock.Source = (*Clock)(nil)

// Wall is the wall time.
func (c *Clock) Wall() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.wall
}

// Mono is the time since the boot.
func (c *Clock) Mono() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.mono
}

// Pass lets time pass.
func (c *Clock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wall, c.mono = c.wall.Add(d), c.mono+d
}

// Jump moves the wall clock alone, as somebody's hand or an empty battery does.
func (c *Clock) Jump(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wall = c.wall.Add(d)
}

func (c *Clock) boot() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mono = 0
}
