package quorum

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/hashicorp/raft"

	"markaz.example/sync/archive"
)

// ErrSnapshots is why a node stops that cannot read its snapshots: as leader it would go on and never bring a follower up.
var ErrSnapshots = errors.New("the directory of snapshots cannot be read: look at the disk, then start headquarters again")

// incomingName is an archive that is being streamed here.
const incomingName = "archive.db.incoming"

// snapshots is raft's store of snapshots. On disk a snapshot is a marker of eight bytes. What goes to a node that lags
// behind the log is the archive itself, as it stands when it is asked for; what comes from a leader goes to a file beside
// the archive, whose place it takes once its marker is on disk.
type snapshots struct {
	raft.SnapshotStore // of markers
	archive            *archive.Archive
	incoming           string // path
	fail               func(error)
	stalled            func() // ends a stream that stands still: raft waits for it and neither follows nor votes meanwhile

	mu       sync.Mutex
	run      context.Context         // guarded by mu; of the node; nil until it has started: then markers alone are given
	live     context.Context         // guarded by mu; of the streams that are given
	end      context.CancelCauseFunc // guarded by mu; of the streams that were given
	received string                  // guarded by mu; the snapshot whose archive has come and not yet its place
}

func openSnapshots(c Config) (*snapshots, error) {
	markers, err := raft.NewFileSnapshotStoreWithLogger(c.Dir, snapshotsKept, newLogger(c.Log))
	if err != nil {
		return nil, fmt.Errorf("snapshots: %w", err)
	}
	s := &snapshots{SnapshotStore: markers, archive: c.Archive, incoming: filepath.Join(c.Dir, incomingName), stalled: func() {}}
	if c.Peer != nil {
		s.stalled = c.Peer.CutRaft
	}
	return s, nil
}

// begin lets archives be streamed until the context ends.
func (s *snapshots) begin(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.run = ctx
	s.live, s.end = context.WithCancelCause(ctx)
}

// List reports ErrSnapshots, and stops the node.
func (s *snapshots) List() ([]*raft.SnapshotMeta, error) {
	list, err := s.SnapshotStore.List()
	return list, s.fatal(err)
}

// Open gives a marker to this node's own state machine, and the archive to whoever sends it. It reports ErrSnapshots, and
// stops the node.
func (s *snapshots) Open(id string) (*raft.SnapshotMeta, io.ReadCloser, error) {
	meta, marker, err := s.SnapshotStore.Open(id)
	switch {
	case errors.Is(err, fs.ErrNotExist) && s.overtaken(id):
		return nil, nil, err
	case err != nil:
		return nil, nil, s.fatal(err)
	}
	s.mu.Lock()
	live, own := s.live, s.live == nil || id == s.received
	s.mu.Unlock()
	if own {
		return meta, marker, nil
	}
	ctx, cancel := context.WithTimeout(live, streamMax)
	stream, size, err := s.archive.Stream(ctx)
	if err = errors.Join(err, marker.Close()); err != nil {
		cancel()
		return nil, nil, err
	}
	meta.Size = size
	return meta, given{stream, cancel}, nil
}

// overtaken reports whether a newer snapshot has taken the place of one that was listed a moment ago.
func (s *snapshots) overtaken(id string) bool {
	list, err := s.SnapshotStore.List()
	return err == nil && len(list) > 0 && list[0].ID != id
}

func (s *snapshots) fatal(err error) error {
	if err == nil {
		return nil
	}
	err = fmt.Errorf("%w: %w", ErrSnapshots, err)
	if s.fail != nil {
		s.fail(err)
	}
	return err
}

// given is an archive on its way.
type given struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (g given) Close() error {
	defer g.cancel()
	return g.ReadCloser.Close()
}

// Create begins a snapshot: of our own state machine, or one that comes from a leader.
func (s *snapshots) Create(v raft.SnapshotVersion, index, term uint64, c raft.Configuration, ci uint64, t raft.Transport) (raft.SnapshotSink, error) {
	marker, err := s.SnapshotStore.Create(v, index, term, c, ci, t)
	if err != nil {
		return nil, err
	}
	return &coming{SnapshotSink: marker, store: s, index: index, stall: time.AfterFunc(stallMax, s.stalled)}, nil
}

// place puts an archive that has come where it belongs. False: none has.
func (s *snapshots) place() (bool, error) {
	s.mu.Lock()
	came := s.received != ""
	s.received = ""
	if came && s.end != nil {
		s.end(errors.New("a newer archive has come")) // Replace would wait for those who read the old one
		s.live, s.end = context.WithCancelCause(s.run)
	}
	s.mu.Unlock()
	if !came {
		return false, nil
	}
	return true, s.archive.Replace(s.incoming)
}

// settle ends what a crash interrupted. An archive that has come is needed when its marker is on disk and the archive in
// its place is behind it; it is whole then. Any other is half of one that never got there.
func (s *snapshots) settle() error {
	if _, err := os.Lstat(s.incoming); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	_, reached, err := s.newest()
	if err != nil {
		return err
	}
	if s.archive.Applied() >= reached {
		return os.Remove(s.incoming)
	}
	return s.archive.Replace(s.incoming)
}

// newest is the newest marker's index and how far the archive had come when it was made; zeros without one.
func (s *snapshots) newest() (index, reached uint64, err error) {
	list, err := s.SnapshotStore.List()
	if err != nil || len(list) == 0 {
		return 0, 0, err
	}
	_, r, err := s.SnapshotStore.Open(list[0].ID)
	if err != nil {
		return 0, 0, err
	}
	reached, err = readMarker(r)
	return list[0].Index, reached, err
}
