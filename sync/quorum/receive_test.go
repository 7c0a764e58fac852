package quorum

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/hashicorp/raft"

	"markaz.example/sync/archive"
	"markaz.example/sync/wire/wiretest"
)

// receiver is a node that is being streamed an archive.
type receiver struct {
	dir       string
	snapshots *snapshots
	sink      *coming
	stream    []byte
	chain     *wiretest.Chain
	images    map[string]string // directories as a crash would have left them
}

// newReceiver makes an archive that is ahead of its snapshot, as one that is streamed while batches come, and an empty node.
func newReceiver(t *testing.T) *receiver {
	t.Helper()
	from := start(t, t.TempDir())
	c := grown("ISB-01", 1, 100)
	for _, b := range batchesOf(t, c, 10) {
		from.submit(t, c, b, archive.Append, b.Last().Seq)
	}
	r, _, err := from.archive.Stream(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	index := from.archive.Applied() - 3
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	from.close(t)
	to := &receiver{dir: t.TempDir(), stream: b, chain: c, images: map[string]string{}}
	a, err := archive.Open(filepath.Join(to.dir, "archive.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	if to.snapshots, err = openSnapshots(Config{Dir: to.dir, Archive: a, Log: quiet()}); err != nil {
		t.Fatal(err)
	}
	_, transport := raft.NewInmemTransport("hq-1")
	alone := raft.Configuration{Servers: []raft.Server{{ID: "hq-1", Address: "hq-1"}}}
	sink, err := to.snapshots.Create(raft.SnapshotVersionMax, index, 1, alone, 1, transport)
	if err != nil {
		t.Fatal(err)
	}
	to.sink = sink.(*coming)
	return to
}

func (r *receiver) crash(t *testing.T, when string) {
	t.Helper()
	r.images[when] = copyDir(t, r.dir)
}

func (r *receiver) write(t *testing.T, b []byte) {
	t.Helper()
	if _, err := io.Copy(r.sink, bytes.NewReader(b)); err != nil {
		t.Fatal(err)
	}
}

// place is what raft does once a snapshot has come: it opens it, and lets the state machine restore it.
func (r *receiver) place(t *testing.T) {
	t.Helper()
	_, marker, err := r.snapshots.Open(r.sink.ID())
	if err != nil {
		t.Fatal(err)
	}
	m := &machine{archive: r.snapshots.archive, snapshots: r.snapshots, fail: func(err error) { t.Error(err) }}
	if err := m.Restore(marker); err != nil {
		t.Fatal(err)
	}
}

// after starts a node on what a crash left, and gives how many records it holds.
func after(t *testing.T, dir string, c *wiretest.Chain) (held uint64, err error) {
	t.Helper()
	a, err := archive.Open(filepath.Join(dir, "archive.db"), nil)
	if err != nil {
		return 0, err
	}
	n, err := Open(Config{Dir: dir, Name: "hq-1", Archive: a, Log: quiet()})
	if err != nil {
		return 0, errors.Join(err, a.Close())
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx) }()
	select {
	case <-n.Ready():
		held = a.Held(c.In).Seq
	case err = <-ended:
		ended <- nil
	}
	stop()
	_, left := os.Lstat(filepath.Join(dir, incomingName))
	if left == nil {
		err = errors.Join(err, fmt.Errorf("%s is left behind", incomingName))
	}
	return held, errors.Join(err, <-ended, a.Verify(t.Context(), nil), a.Close())
}

// TestCrashWhileReceiving: whenever a node that is streamed an archive is killed, it starts with the old one or the new
// one. The controls are in an order that would leave neither; they must be noticed.
func TestCrashWhileReceiving(t *testing.T) {
	r := newReceiver(t)
	r.crash(t, "0 before")
	third := len(r.stream) / 3
	r.write(t, r.stream[:third])
	r.crash(t, "1 a third has come")
	r.write(t, r.stream[third:])
	r.crash(t, "2 all has come")
	applied, err := r.sink.arrived()
	if err != nil {
		t.Fatal(err)
	}
	r.crash(t, "3 the archive is durable")
	r.snapshots.received = r.sink.ID()
	if err := marker(applied).Persist(r.sink); err != nil {
		t.Fatal(err)
	}
	r.crash(t, "4 so is the marker")
	r.place(t)
	r.crash(t, "5 it is in its place")

	early := copyDir(t, r.images["3 the archive is durable"])
	if err := os.Rename(filepath.Join(early, incomingName), filepath.Join(early, "archive.db")); err != nil {
		t.Fatal(err)
	}
	half := copyDir(t, r.images["4 so is the marker"])
	if err := os.Truncate(filepath.Join(half, incomingName), int64(third)); err != nil {
		t.Fatal(err)
	}
	for when, dir := range r.images {
		held, err := after(t, dir, r.chain)
		if want := map[bool]uint64{true: 100}[when >= "4"]; err != nil || held != want {
			t.Errorf("crashed at %q: held %d, want %d; %v", when, held, want, err)
		}
	}
	for what, dir := range map[string]string{"in its place before the marker": early, "marker before all has come": half} {
		if held, err := after(t, dir, r.chain); err == nil {
			t.Errorf("control: %s: started with %d records", what, held)
		}
	}
}

// TestReceivedInOneGo is the sink as raft uses it.
func TestReceivedInOneGo(t *testing.T) {
	r := newReceiver(t)
	r.write(t, r.stream)
	if err := r.sink.Close(); err != nil {
		t.Fatal(err)
	}
	r.place(t)
	if held := r.snapshots.archive.Held(r.chain.In).Seq; held != 100 {
		t.Errorf("held %d, want 100", held)
	}
}

// TestAWreckIsNotReceived: what is no archive, or one behind its snapshot, is dropped.
func TestAWreckIsNotReceived(t *testing.T) {
	for name, bad := range map[string][]byte{"marker": make([]byte, 8), "half": nil} {
		r := newReceiver(t)
		if bad == nil {
			bad = r.stream[:len(r.stream)/2]
		}
		r.write(t, bad)
		if err := r.sink.Close(); err == nil {
			t.Errorf("%s: received", name)
		}
		if list, err := r.snapshots.List(); err != nil || len(list) > 0 {
			t.Errorf("%s: snapshots %v, %v", name, list, err)
		}
		if _, err := os.Lstat(r.snapshots.incoming); err == nil {
			t.Errorf("%s: it is left behind", name)
		}
	}
}
