package quorum

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/raft"
	"go.uber.org/goleak"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/archive"
	"markaz.example/sync/wire"
	"markaz.example/sync/wire/wiretest"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(groupDir); dir != "" {
		groupChild(dir, os.Getenv(groupAddress), os.Getenv(childEarly) != "")
		return
	}
	if dir := os.Getenv(childDir); dir != "" {
		child(dir, os.Getenv(childEarly) != "")
		return
	}
	goleak.VerifyTestMain(m)
}

// running is a node that runs over a directory.
type running struct {
	*Node
	archive *archive.Archive
	stop    context.CancelFunc
	ended   chan error
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// open opens a node over a directory without running it.
func open(t testing.TB, dir string) (*Node, *archive.Archive, error) {
	t.Helper()
	a, err := archive.Open(filepath.Join(dir, "archive.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	n, err := Open(Config{Dir: dir, Name: "hq-1", Archive: a, Log: quiet()})
	if err != nil {
		return nil, nil, errors.Join(err, a.Close())
	}
	return n, a, nil
}

func run(t testing.TB, n *Node, a *archive.Archive) *running {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	r := &running{Node: n, archive: a, stop: stop, ended: make(chan error, 1)}
	go func() { r.ended <- n.Run(ctx) }()
	select {
	case <-n.Ready():
	case err := <-r.ended:
		t.Fatalf("the node ended instead of leading: %v", err)
	case <-time.After(30 * time.Second):
		t.Fatal("the node did not lead in 30 s")
	}
	return r
}

func start(t testing.TB, dir string) *running {
	t.Helper()
	n, a, err := open(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	return run(t, n, a)
}

// close stops the node in good order, and verifies the archive.
func (r *running) close(t testing.TB) {
	t.Helper()
	r.stop()
	if err := errors.Join(<-r.ended, r.archive.Verify(context.Background(), nil), r.archive.Close()); err != nil {
		t.Fatal(err)
	}
}

// pack makes a batch of a chain's records from..to.
func pack(t testing.TB, c *wiretest.Chain, from, to uint64) wire.Batch {
	t.Helper()
	return packed(c, from, to)
}

// packed is pack where nothing can be wrong.
func packed(c *wiretest.Chain, from, to uint64) wire.Batch {
	b, err := wire.Pack(c.Key, c.In, c.At(from-1), 0, c.Records(from, to))
	if err != nil {
		panic(err)
	}
	return b
}

// submit wants a verdict.
func (r *running) submit(t testing.TB, c *wiretest.Chain, b wire.Batch, want archive.Verdict, held uint64) {
	t.Helper()
	v, at, err := r.Submit(context.Background(), c.Public(), b)
	if err != nil || v != want || at.Seq != held {
		t.Fatalf("records %d to %d: got %v at %d, %v; want %v at %d", b.Prev.Seq+1, b.Last().Seq, v, at.Seq, err, want, held)
	}
}

func grown(centre id.Centre, seed uint64, records int) *wiretest.Chain {
	c := wiretest.New(centre, seed)
	c.Grow(records)
	return c
}

func TestVerdictsThroughRaftAndRestart(t *testing.T) {
	dir := t.TempDir()
	r := start(t, dir)
	c := grown("ISB-01", 1, 30)
	clone := c.Clone(2)
	clone.Truncate(10)
	clone.Grow(5)

	r.submit(t, c, pack(t, c, 1, 10), archive.Append, 10)
	r.submit(t, c, pack(t, c, 21, 30), archive.Gap, 10)
	r.submit(t, c, pack(t, c, 11, 20), archive.Append, 20)
	r.submit(t, c, pack(t, c, 1, 10), archive.Duplicate, 20)
	r.submit(t, c, pack(t, clone, 11, 15), archive.Fork, 15)
	r.close(t)

	r = start(t, dir)
	defer r.close(t)
	if at, err := r.Held(c.In); err != nil || at != c.At(20) {
		t.Fatalf("after a restart: held %s, %v; want %s", at, err, c.At(20))
	}
	r.submit(t, c, pack(t, c, 11, 20), archive.Duplicate, 20)
	r.submit(t, c, pack(t, c, 21, 30), archive.Append, 30)
	if k, _ := r.archive.Chain(c.In); len(k.Branches) != 1 || k.Branches[0].End != clone.At(15) {
		t.Fatalf("branches set aside: %+v; want 1", k.Branches)
	}
}

func batchesOf(t testing.TB, c *wiretest.Chain, size uint64) (out []wire.Batch) {
	for from := uint64(1); from <= c.Head().Seq; from += size {
		out = append(out, pack(t, c, from, min(from+size-1, c.Head().Seq)))
	}
	return out
}

// copyDir copies the directory of a node that does not run.
func copyDir(t testing.TB, dir string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// TestPoisonAmongMany sends one bad batch of each sort among the good ones of 154 centres.
func TestPoisonAmongMany(t *testing.T) {
	r := start(t, t.TempDir())
	defer r.close(t)
	var wg sync.WaitGroup
	for i := range 154 {
		c := grown(id.Centre(fmt.Sprintf("C-%03d", i)), uint64(i), 20)
		first, second := pack(t, c, 1, 10), pack(t, c, 11, 20)
		wg.Go(func() {
			for _, b := range []wire.Batch{first, second} {
				if v, _, err := r.Submit(context.Background(), c.Public(), b); err != nil || v != archive.Append {
					t.Errorf("%s: %v, %v", c.In.Centre, v, err)
				}
			}
		})
	}
	for name, bad := range poison(t) {
		wg.Go(func() {
			if _, _, err := r.Submit(context.Background(), bad.key, bad.batch); !errors.Is(err, bad.want) {
				t.Errorf("%s: got %v, want %v", name, err, bad.want)
			}
		})
	}
	wg.Wait()
	if n := len(r.archive.Chains()); n != 154 {
		t.Errorf("%d chains, want those of the 154 good centres", n)
	}
}

type badBatch struct {
	key   ed25519.PublicKey
	batch wire.Batch
	want  error
}

func poison(t *testing.T) map[string]badBatch {
	c := grown("BAD-01", 9, 20)
	good := pack(t, c, 1, 10)
	unsigned, bomb := good, good
	unsigned.Checkpoint.Signature[0] ^= 1
	bomb.RawBytes = wire.RawBytesMax + 1
	return map[string]badBatch{
		"signature":   {c.Public(), unsigned, chain.ErrSignature},
		"another key": {grown("BAD-02", 8, 0).Public(), good, chain.ErrSignature},
		"bomb":        {c.Public(), bomb, wire.ErrField},
		"empty":       {c.Public(), wire.Batch{}, chain.ErrSignature},
	}
}

func TestArchiveOrLogLostAlone(t *testing.T) {
	dir := t.TempDir()
	r := start(t, dir)
	c := grown("ISB-01", 1, 10)
	r.submit(t, c, pack(t, c, 1, 10), archive.Append, 10)
	if err := r.raft.Load().Snapshot().Error(); err != nil {
		t.Fatal(err)
	}
	r.close(t)

	noLog := copyDir(t, dir)
	for _, name := range []string{"raft.db", "snapshots"} {
		if err := os.RemoveAll(filepath.Join(noLog, name)); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := open(t, noLog); !errors.Is(err, ErrAhead) {
		t.Errorf("without the raft log: got %v, want %v", err, ErrAhead)
	}

	adopt(t, noLog)
	r = start(t, noLog)
	c.Grow(5)
	r.submit(t, c, pack(t, c, 1, 10), archive.Duplicate, 10)
	r.submit(t, c, pack(t, c, 11, 15), archive.Append, 15)
	r.close(t)
	r = start(t, noLog)
	r.submit(t, c, pack(t, c, 11, 15), archive.Duplicate, 15)
	r.close(t)

	noArchive := copyDir(t, dir)
	if err := os.Remove(filepath.Join(noArchive, "archive.db")); err != nil {
		t.Fatal(err)
	}
	n, a, err := open(t, noArchive)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Run(context.Background()); !errors.Is(err, ErrBehind) {
		t.Errorf("without the archive: got %v, want %v", err, ErrBehind)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}

// adopt begins a log behind the archive, once.
func adopt(t *testing.T, dir string) {
	t.Helper()
	a, err := archive.Open(filepath.Join(dir, "archive.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Dir: dir, Name: "hq-1", Archive: a, Log: quiet()}
	empty, err := archive.Open(filepath.Join(t.TempDir(), "archive.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer empty.Close()
	if err := Adopt(Config{Dir: t.TempDir(), Name: "hq-1", Archive: empty, Log: quiet()}); !errors.Is(err, ErrNothing) {
		t.Errorf("adopted nothing: got %v, want %v", err, ErrNothing)
	}
	if err := Adopt(c); err != nil {
		t.Fatal(err)
	}
	if err := Adopt(c); !errors.Is(err, ErrHasLog) {
		t.Errorf("adopted twice: got %v, want %v", err, ErrHasLog)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestArchiveRebuiltFromLog: as long as the log was never cut, it alone is enough.
func TestArchiveRebuiltFromLog(t *testing.T) {
	dir := t.TempDir()
	r := start(t, dir)
	c := grown("ISB-01", 1, 10)
	r.submit(t, c, pack(t, c, 1, 10), archive.Append, 10)
	r.close(t)
	if err := os.Remove(filepath.Join(dir, "archive.db")); err != nil {
		t.Fatal(err)
	}
	r = start(t, dir)
	defer r.close(t)
	if at, err := r.Held(c.In); err != nil || at != c.Head() {
		t.Errorf("held %s, %v; want %s", at, err, c.Head())
	}
}

func TestSecondNodeAndWrongName(t *testing.T) {
	dir := t.TempDir()
	r := start(t, dir)
	if _, err := Open(Config{Dir: dir, Name: "hq-1", Archive: r.archive, Log: quiet()}); !errors.Is(err, ErrInUse) {
		t.Errorf("second node: got %v, want %v", err, ErrInUse)
	}
	r.close(t)

	a, err := archive.Open(filepath.Join(dir, "archive.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	n, err := Open(Config{Dir: dir, Name: "hq-2", Archive: a, Log: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Run(context.Background()); !errors.Is(err, ErrName) {
		t.Errorf("another name: got %v, want %v", err, ErrName)
	}
}

// faulty is a log store whose writes fail when told to.
type faulty struct {
	store
	mu  sync.Mutex
	err error
}

func (f *faulty) set(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

func (f *faulty) get() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

func (f *faulty) StoreLogs(l []*raft.Log) error { return errors.Join(f.get(), f.store.StoreLogs(l)) }

func (f *faulty) SetUint64(k []byte, v uint64) error {
	if err := f.get(); err != nil {
		return err
	}
	return f.store.SetUint64(k, v)
}

func startFaulty(t *testing.T) (*running, *faulty) {
	t.Helper()
	n, a, err := open(t, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	f := &faulty{store: n.store}
	n.store = f
	return run(t, n, a), f
}

func TestBrokenLogDiskStopsTheNode(t *testing.T) {
	r, f := startFaulty(t)
	c := grown("ISB-01", 1, 10)
	f.set(fmt.Errorf("sync: %w", syscall.EIO))
	if _, _, err := r.Submit(context.Background(), c.Public(), pack(t, c, 1, 10)); err == nil {
		t.Error("a batch was acknowledged over a failed sync")
	}
	if err := <-r.ended; !errors.Is(err, ErrUnknown) || !errors.Is(err, syscall.EIO) {
		t.Errorf("Run ended with %v, want %v", err, ErrUnknown)
	}
	if err := r.archive.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestFullLogDiskIsWaitedOut(t *testing.T) {
	r, f := startFaulty(t)
	defer r.close(t)
	c := grown("ISB-01", 1, 10)
	f.set(&fs.PathError{Op: "write", Path: "store.db", Err: syscall.ENOSPC})
	if _, _, err := r.Submit(context.Background(), c.Public(), pack(t, c, 1, 10)); !errors.Is(err, ErrNotReady) {
		t.Errorf("on a full disk: got %v, want %v", err, ErrNotReady)
	}
	f.set(nil)
	for {
		v, at, err := r.Submit(context.Background(), c.Public(), pack(t, c, 1, 10))
		if errors.Is(err, ErrNotReady) {
			time.Sleep(time.Millisecond)
			continue
		}
		// StoreLogs of the stand-in wrote before it reported the error, so the batch may be there already.
		if err != nil || v > archive.Duplicate || at.Seq != 10 {
			t.Errorf("once there is room: %v at %d, %v", v, at.Seq, err)
		}
		return
	}
}

func TestSubmitHeedsItsContext(t *testing.T) {
	n, a, err := open(t, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c := grown("ISB-01", 1, 1)
	if _, _, err := n.Submit(context.Background(), c.Public(), pack(t, c, 1, 1)); !errors.Is(err, ErrNotReady) {
		t.Errorf("before Run: got %v, want %v", err, ErrNotReady)
	}
	r := run(t, n, a)
	defer r.close(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for range inFlightMax + 1 { // a proposer that left must give its place back
		if _, _, err := r.Submit(ctx, c.Public(), pack(t, c, 1, 1)); err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: got %v", err)
		}
	}
	if _, at, err := r.Submit(context.Background(), c.Public(), pack(t, c, 1, 1)); err != nil || at.Seq != 1 {
		t.Errorf("afterwards: held %d, %v", at.Seq, err)
	}
}

// TestPins: raft 1.8.0 does not build with raft-boltdb 2.3.1, whose fix is unreleased. Move both or neither.
func TestPins(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, pin := range []string{"github.com/hashicorp/raft v1.7.3\n", "github.com/hashicorp/raft-boltdb/v2 v2.3.1\n"} {
		if !strings.Contains(string(mod), pin) {
			t.Errorf("go.mod does not require %q: raft and raft-boltdb move together, and this test with them", strings.TrimSpace(pin))
		}
	}
}

// BenchmarkSubmit drains batches of 1,024 records, 16 in flight, as the links of 16 centres would.
func BenchmarkSubmit(b *testing.B) {
	const centres, records, batches = 16, 1024, 64
	chains := make([]*wiretest.Chain, centres)
	packed := make([][]wire.Batch, centres)
	var bytes int
	for i := range chains {
		chains[i] = grown(id.Centre(fmt.Sprintf("C-%02d", i)), uint64(i), records*batches)
		packed[i] = batchesOf(b, chains[i], records)
		for _, p := range packed[i] {
			bytes += len(p.Block)
		}
	}
	for b.Loop() {
		b.StopTimer()
		r := start(b, b.TempDir())
		b.StartTimer()
		var wg sync.WaitGroup
		for i, c := range chains {
			wg.Go(func() {
				for _, p := range packed[i] {
					if v, _, err := r.Submit(context.Background(), c.Public(), p); err != nil || v != archive.Append {
						b.Error(v, err)
						return
					}
				}
			})
		}
		wg.Wait()
		b.StopTimer()
		r.stop()
		if err := errors.Join(<-r.ended, r.archive.Close()); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	total := float64(centres * records * batches)
	b.ReportMetric(total*float64(b.N)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(bytes)/total, "bytes/record")
}
