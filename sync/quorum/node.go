package quorum

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/raft"

	"markaz.example/edge/chain"
	"markaz.example/edge/disk"
	"markaz.example/edge/patrol"
	"markaz.example/sync/archive"
	"markaz.example/sync/peer"
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
	Beat    func() // called while raft's loop goes round and what it applies gets done; may be nil

	Peer    *peer.Node             // how others are reached, which Run runs; nil for a node alone, whose transport is in memory
	Address string                 // where others reach this node; with Peer
	Ballast int64                  // bytes kept back in Dir for when the disk is full; 0 keeps nothing back
	Free    func(dir string) int64 // how much room the volume has; nil asks the kernel
	Walk    func() patrol.State    // of the archive's background verification; may be nil

	Join bool // a node without a log waits for a group that takes it in, rather than begin one; with Peer
}

// Node is a raft node with its state machine, alone or one of a group. Whatever it is asked it answers itself as leader,
// and else hands on to the leader.
type Node struct {
	config    Config
	logger    hclog.Logger
	store     store
	snapshots *snapshots
	raft      atomic.Pointer[raft.Raft] // set by Run
	close     func() error
	memory    *memory       // of how far the log has come
	missed    atomic.Uint64 // witnesses of the archive that were not written
	ballast   disk.Ballast  // of log, snapshots and archive
	answers   *answers
	slots     chan struct{} // a place for each proposal under way
	ready     chan struct{} // closed once the node has led or known a leader for the first time, or waits to be taken in
	reign     reign
	patrol    *patrol.Patrol // of the log
	turn      turn
	take      func([]archive.Entry) ([]archive.Outcome, error) // into the archive
	short     chan struct{}                                    // told when a disk has no room
}

// What Open and Run report when what is on disk does not fit together.
var (
	// ErrAhead: the archive holds the effect of entries that the raft log lacks. The log would give new entries the
	// numbers of old ones, and the archive would pass them over.
	ErrAhead = errors.New("the raft log is older than the archive: " +
		"raft.db was removed or restored alone; restore it and archive.db from the same moment. " +
		"If there is no such copy, move raft.db and snapshots/ away and run: markaz-hq archive adopt")
	// ErrName: a node's name is written into its raft log, until it is taken out of its group.
	ErrName = errors.New("the raft log knows no node of this name: give the node its old name; " +
		"or, if it was taken out of its group, move its directory away and let it join as a new one")
)

// Open opens the raft log and looks whether it fits the archive. It reports ErrInUse, ErrAhead, and what the file system
// reports. It starts nothing: Run does.
func Open(c Config) (*Node, error) {
	logger := newLogger(c.Log)
	snapshots, err := openSnapshots(c)
	if err != nil {
		return nil, fmt.Errorf("open quorum: %w", err)
	}
	s, err := openStore(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("open quorum: %w", err)
	}
	memory, err := fit(c, s, snapshots)
	if err == nil {
		err = verifyNewest(s)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open quorum: %w", err), s.Close())
	}
	n := &Node{
		config: c, logger: logger, store: s, snapshots: snapshots, close: s.Close, memory: memory,
		answers: &answers{waiting: map[ticket]chan answer{}, closed: ErrNotReady},
		slots:   make(chan struct{}, inFlightMax),
		ready:   make(chan struct{}),
		take:    c.Archive.Apply,
		short:   make(chan struct{}, 1),
	}
	n.patrol = &patrol.Patrol{Path: filepath.Join(c.Dir, "raft.db.verified"), Step: n.stretch, Now: time.Now, Log: c.Log}
	n.ballast.Path, n.ballast.Bytes, n.ballast.Free = filepath.Join(c.Dir, ballastName), c.Ballast, c.Free
	rand.Read(n.answers.run[:])
	n.serve()
	return n, nil
}

// fit ends an interrupted replacement of the archive, looks whether the archive is ahead of the log, and whether either has
// lost what this node acknowledged. It reports ErrAhead or ErrOlder.
func fit(c Config, s store, snapshots *snapshots) (*memory, error) {
	if err := snapshots.settle(); err != nil {
		return nil, err
	}
	if err := checkAhead(c.Archive, s, snapshots); err != nil {
		return nil, err
	}
	index, reached, err := snapshots.newest()
	if err != nil {
		return nil, fmt.Errorf("read the newest snapshot: %w", err)
	}
	reached = max(index, reached)
	m, err := remember(c, s, reached)
	if err != nil {
		return nil, err
	}
	// An archive that is behind is brought up by the log, as long as the log reaches so far.
	if said := c.Archive.Witnessed(); max(m.now.Head.Seq, reached) < said {
		return nil, fmt.Errorf("%w (log and archive end at entry %d, the archive had applied %d)", ErrOlder, max(m.now.Head.Seq, reached), said)
	}
	return m, nil
}

// checkAhead reports ErrAhead. An archive that was streamed here may be ahead of the log that follows it: its marker says
// how far.
func checkAhead(a *archive.Archive, s store, snapshots *snapshots) error {
	last, err := s.LastIndex()
	if err != nil {
		return fmt.Errorf("read the raft log's end: %w", err)
	}
	index, reached, err := snapshots.newest()
	if err != nil {
		return fmt.Errorf("read the newest snapshot: %w", err)
	}
	if last = max(last, index, reached); a.Applied() > last {
		return fmt.Errorf("%w (archive at entry %d, log ends at %d)", ErrAhead, a.Applied(), last)
	}
	return nil
}

// Close lets go of the files of a node that was never run. Run does so itself.
func (n *Node) Close() error { return n.close() }

// Ready is closed once batches are taken, by this node or by the leader to whom it hands them; or once the node waits to
// be taken into a group.
func (n *Node) Ready() <-chan struct{} { return n.ready }

// Held is the newest committed record of a chain; Start when nothing is held. It is never older than what was
// acknowledged before it was asked. It reports ErrNotReady.
func (n *Node) Held(in chain.Incarnation) (chain.Position, error) {
	ctx, cancel := context.WithTimeout(context.Background(), askMax)
	defer cancel()
	at, err := n.held(ctx, in)
	if err != nil {
		return chain.Position{}, fmt.Errorf("ask what is held of %s: %w", in, err)
	}
	return at, nil
}

// HashAt is the hash of a committed record of a chain; of its genesis for 0. It reports ErrNotReady and what
// archive.HashAt does.
func (n *Node) HashAt(in chain.Incarnation, seq uint64) (chain.Hash, error) {
	if n.answers.refusing() == nil {
		return n.config.Archive.HashAt(in, seq)
	}
	ctx, cancel := context.WithTimeout(context.Background(), askMax)
	defer cancel()
	at, err := n.ask(ctx, hashPath, question{in, seq})
	if err != nil {
		return chain.Hash{}, fmt.Errorf("ask for record %d of %s: %w", seq, in, err)
	}
	return at.Hash, nil
}

// held answers as leader, or asks the leader. A leader of several proves that it still is one by an entry of its own: once
// that is in the archive, so is everything that anybody acknowledged before.
func (n *Node) held(ctx context.Context, in chain.Incarnation) (chain.Position, error) {
	if n.answers.refusing() != nil {
		return n.ask(ctx, heldPath, question{in, 0})
	}
	return n.heldHere(ctx, in)
}

func (n *Node) heldHere(ctx context.Context, in chain.Incarnation) (chain.Position, error) {
	if !n.alone() {
		if _, err := n.local(ctx, []byte{commandStart}); err != nil {
			return chain.Position{}, err
		}
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
	err := checkAct(act)
	if err == nil && n.answers.refusing() == nil {
		err = n.roomy()
	}
	if err != nil {
		return archive.Answer{}, err
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

func checkAct(act []byte) error {
	if len(act) == 0 || len(act) > ActBytesMax {
		return fmt.Errorf("%w: %d bytes, limit %d", ErrAct, len(act), ActBytesMax)
	}
	return nil
}

// command checks what is cheap to check about a batch, and encodes it. What depends on the order of batches is the state
// machine's to judge; the leader looks at the key beforehand, so that a wrong one takes no room in the log.
func (n *Node) command(key ed25519.PublicKey, b wire.Batch) ([]byte, error) {
	if err := n.admissible(key, b); err != nil {
		return nil, err
	}
	frame, err := wire.Encode(b)
	return batchCommand(key, frame), err
}

func (n *Node) admissible(key ed25519.PublicKey, b wire.Batch) error {
	if leading := n.answers.refusing() == nil; leading {
		if err := errors.Join(n.roomy(), n.admitted(key, b)); err != nil {
			return err
		}
	}
	// Once more, at the door of what is kept for ever: the records were checked by whoever took them from the line.
	return b.Checkpoint.Verify(key)
}

func (n *Node) admitted(key ed25519.PublicKey, b wire.Batch) error {
	ok, err := n.config.Archive.Admits(b.Incarnation(), key)
	if errors.Is(err, archive.ErrHeir) {
		return err
	}
	if err != nil || !ok {
		return errors.Join(archive.ErrKey, err)
	}
	return nil
}

// propose puts a command into the log, here or through the leader, and waits for what the archive made of it.
func (n *Node) propose(ctx context.Context, command []byte) (archive.Outcome, error) {
	select {
	case n.slots <- struct{}{}:
	case <-ctx.Done():
		return archive.Outcome{}, context.Cause(ctx)
	}
	defer func() { <-n.slots }()
	if n.answers.refusing() != nil {
		return n.forward(ctx, command)
	}
	return n.enter(ctx, command)
}

// local is propose for a leader alone.
func (n *Node) local(ctx context.Context, command []byte) (archive.Outcome, error) {
	select {
	case n.slots <- struct{}{}:
	case <-ctx.Done():
		return archive.Outcome{}, context.Cause(ctx)
	}
	defer func() { <-n.slots }()
	return n.enter(ctx, command)
}

func (n *Node) enter(ctx context.Context, command []byte) (archive.Outcome, error) {
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
