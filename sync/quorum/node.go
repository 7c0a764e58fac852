package quorum

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/raft"

	"markaz.example/edge/chain"
	"markaz.example/sync/archive"
	"markaz.example/sync/wire"
)

// What Submit and Held report, besides chain.ErrSignature, wire.ErrField and what archive.Outcome does.
var (
	ErrNotReady = errors.New("headquarters is not ready to take batches: ask again in a moment")
	ErrStopped  = errors.New("headquarters is stopping: ask again in a moment")
)

// Config is what a node is made of.
type Config struct {
	Dir     string           // for raft.db and snapshots/; must exist
	Name    string           // of this node in the group; never changes once used
	Archive *archive.Archive // stays open until Run has returned; the caller closes it
	Log     *slog.Logger
}

// Node is a raft node with its state machine. Today it is the only one of its group: it speaks to nobody, and its
// transport is in memory.
type Node struct {
	config    Config
	logger    hclog.Logger
	store     store
	snapshots raft.SnapshotStore
	raft      atomic.Pointer[raft.Raft] // set by Run
	close     func() error
	answers   *answers
	slots     chan struct{} // a place for each proposal under way
	ready     chan struct{} // closed once the node has led for the first time
}

// What Open and Run report when what is on disk does not fit together.
var (
	// ErrAhead: the archive holds the effect of entries that the raft log lacks. The log would give new entries the
	// numbers of old ones, and the archive would pass them over.
	ErrAhead = errors.New("the raft log is older than the archive: " +
		"raft.db was removed or restored alone; restore it and archive.db from the same moment. " +
		"If there is no such copy, move raft.db and snapshots/ away and run: markaz-hq archive adopt")
	// ErrName: a node's name is written into its raft log.
	ErrName = errors.New("the raft log belongs to a node of another name: give the node its old name")
)

// Open opens the raft log and looks whether it fits the archive. It reports ErrInUse, ErrAhead, and what the file system
// reports. It starts nothing: Run does.
func Open(c Config) (*Node, error) {
	logger := newLogger(c.Log)
	snapshots, err := raft.NewFileSnapshotStoreWithLogger(c.Dir, snapshotsKept, logger)
	if err != nil {
		return nil, fmt.Errorf("open quorum: snapshots: %w", err)
	}
	s, err := openStore(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("open quorum: %w", err)
	}
	if err := checkAhead(c.Archive, s, snapshots); err != nil {
		return nil, errors.Join(fmt.Errorf("open quorum: %w", err), s.Close())
	}
	n := &Node{
		config: c, logger: logger, store: s, snapshots: snapshots, close: s.Close,
		answers: &answers{waiting: map[ticket]chan answer{}, closed: ErrNotReady},
		slots:   make(chan struct{}, inFlightMax),
		ready:   make(chan struct{}),
	}
	rand.Read(n.answers.run[:])
	return n, nil
}

func checkAhead(a *archive.Archive, s store, snapshots raft.SnapshotStore) error {
	last, err := s.LastIndex()
	if err != nil {
		return fmt.Errorf("read the raft log's end: %w", err)
	}
	markers, err := snapshots.List()
	if err != nil {
		return fmt.Errorf("list snapshots: %w", err)
	}
	for _, m := range markers {
		last = max(last, m.Index)
	}
	if a.Applied() > last {
		return fmt.Errorf("%w (archive at entry %d, log ends at %d)", ErrAhead, a.Applied(), last)
	}
	return nil
}

// Close lets go of the files of a node that was never run. Run does so itself.
func (n *Node) Close() error { return n.close() }

// Ready is closed once the node leads and everything committed before is in the archive.
func (n *Node) Ready() <-chan struct{} { return n.ready }

// Held is the newest committed record of a chain; Start when nothing is held. It reports ErrNotReady while committed
// batches may still be on their way into the archive.
func (n *Node) Held(in chain.Incarnation) (chain.Position, error) {
	if err := n.answers.refusing(); err != nil {
		return chain.Position{}, err
	}
	return n.config.Archive.Held(in), nil
}

// Submit puts a batch into the order of all batches, and answers when a majority holds it and the archive has it: what
// it came to, and what is held of its chain after it. The batch must have passed wire.Batch.Verify with the same key.
// An error of the context, ErrNotReady and ErrStopped leave open whether it was taken; sending it again is harmless.
func (n *Node) Submit(ctx context.Context, key ed25519.PublicKey, b wire.Batch) (archive.Verdict, chain.Position, error) {
	got, err := n.submit(ctx, key, b)
	if err != nil {
		return 0, got.Held, fmt.Errorf("submit records %d to %d of %s: %w", b.Prev.Seq+1, b.Last().Seq, b.Incarnation(), err)
	}
	return got.Verdict, got.Held, nil
}

func (n *Node) submit(ctx context.Context, key ed25519.PublicKey, b wire.Batch) (archive.Outcome, error) {
	command, err := n.command(key, b)
	if err != nil {
		return archive.Outcome{}, err
	}
	got, err := n.propose(ctx, command)
	if err != nil {
		return got, err
	}
	return got, got.Err
}

// ActBytesMax bounds an act: a piece of a pack is the largest.
const ActBytesMax = wire.PieceBytesMax + 4<<10

// ErrAct is reported by Propose for an act that is empty or larger than ActBytesMax.
var ErrAct = errors.New("the act is empty or too large")

// Propose puts an act of the office into the order of all entries, and gives its answer when a majority holds it and the
// archive has it. Errors leave open whether it was taken, as with Submit, so an act must bear being proposed again.
func (n *Node) Propose(ctx context.Context, act []byte) (archive.Answer, error) {
	if len(act) == 0 || len(act) > ActBytesMax {
		return archive.Answer{}, fmt.Errorf("%w: %d bytes, limit %d", ErrAct, len(act), ActBytesMax)
	}
	got, err := n.propose(ctx, actCommand(act))
	if err == nil {
		err = got.Err
	}
	if err != nil {
		return archive.Answer{}, fmt.Errorf("propose an act: %w", err)
	}
	return got.Answer, nil
}

// command checks what is cheap to check about a batch and does not depend on the order of batches, and encodes it.
func (n *Node) command(key ed25519.PublicKey, b wire.Batch) ([]byte, error) {
	if err := n.answers.refusing(); err != nil {
		return nil, err
	}
	if ok, err := n.config.Archive.Admits(b.Incarnation(), key); err != nil || !ok {
		return nil, errors.Join(archive.ErrKey, err)
	}
	// Once more, at the door of what is kept for ever: the records were checked by whoever took them from the line.
	if err := b.Checkpoint.Verify(key); err != nil {
		return nil, err
	}
	frame, err := wire.Encode(b)
	return batchCommand(key, frame), err
}

// propose puts a command into the log and waits for what the archive made of it.
func (n *Node) propose(ctx context.Context, command []byte) (archive.Outcome, error) {
	select {
	case n.slots <- struct{}{}:
	case <-ctx.Done():
		return archive.Outcome{}, context.Cause(ctx)
	}
	defer func() { <-n.slots }()
	t, c, err := n.answers.take()
	if err != nil {
		return archive.Outcome{}, err
	}
	n.enqueue(t, command)
	select {
	case got := <-c:
		return got.outcome, got.err
	case <-ctx.Done():
		n.answers.forget(t)
		return archive.Outcome{}, context.Cause(ctx)
	}
}

// enqueue hands a command to raft. It does not block: raft's queue has a place for every slot.
func (n *Node) enqueue(t ticket, command []byte) {
	n.raft.Load().ApplyLog(raft.Log{Data: command, Extensions: []byte(t)}, 0)
}
