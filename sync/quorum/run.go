package quorum

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/raft"
)

// ErrAlone is reported when the log knows other nodes and the config gives no address to be reached at.
var ErrAlone = errors.New("the raft log knows other nodes of this headquarters, but the config has no peer address: give it one")

// Run takes part in the group until the context ends; a leader then lets another take over first. It reports ErrBehind,
// ErrName, ErrAlone, and ErrUnknown, ErrSnapshots or archive.ErrUnknown, after which the process must leave. A Node runs
// once.
func (n *Node) Run(ctx context.Context) (err error) {
	defer func() { err = errors.Join(err, n.close()) }()
	defer n.answers.close(ErrStopped)
	// It outlives ctx: until a leader that stops has handed over, log and archive must be written.
	running, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	peers := n.runPeer(context.WithoutCancel(ctx), stop)
	defer peers()
	notify := make(chan bool, notifyBuffer)
	r, closeTransport, err := n.start(running, stop, notify)
	if err != nil {
		return fmt.Errorf("start raft: %w", err)
	}
	defer func() { err = errors.Join(err, closeTransport()) }()
	n.raft.Store(r)
	n.snapshots.begin(running)
	if err := n.checkName(); err != nil {
		stop(err)
	}
	var beside sync.WaitGroup
	beside.Go(func() { n.tend(running) })
	beside.Go(func() { _ = n.patrol.Run(running) }) // what it finds is a state, not an end
	quiet := n.showPulse(running, r)
	n.leadUntil(ctx, running, notify)
	n.leave(running, r)
	quiet()
	failure := context.Cause(running)
	stop(ErrStopped)
	beside.Wait()
	if err := r.Shutdown().Error(); err != nil {
		return fmt.Errorf("stop raft: %w", err)
	}
	n.memory.testify()
	return failure
}

// leadUntil leads until either context ends.
func (n *Node) leadUntil(ctx, running context.Context, notify <-chan bool) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	defer context.AfterFunc(running, stop)()
	n.lead(ctx, notify)
}

// runPeer speaks to other nodes until it is told to end, which is after raft has.
func (n *Node) runPeer(ctx context.Context, failed func(error)) (end func()) {
	if n.config.Peer == nil {
		return func() {}
	}
	ctx, stop := context.WithCancel(ctx)
	var part sync.WaitGroup
	part.Go(func() {
		if err := n.config.Peer.Run(ctx); err != nil {
			failed(err)
		}
	})
	return func() { stop(); part.Wait() }
}

// leave answers or gives up what is under way. In good order that is waited for, and then another node leads at once;
// after a failure, which has ended running, nobody is answered any more.
func (n *Node) leave(running context.Context, r *raft.Raft) {
	defer n.answers.close(ErrStopped)
	defer n.reign.next()
	if n.answers.refusing() != nil {
		return
	}
	n.answers.refuse(ErrStopped)
	leading := func() bool { return r.State() == raft.Leader }
	waitWhile(running, drainMax, func() bool { return leading() && n.answers.under() > 0 })
	if running.Err() != nil || n.alone() {
		return
	}
	r.LeadershipTransfer() // its future may never be answered
	if waitWhile(running, handOverMax, leading); leading() {
		n.config.Log.Warn("nobody took over: the others will elect one in a second or two")
	}
}

// waitWhile waits while something holds, until the context ends, or for so long.
func waitWhile(ctx context.Context, most time.Duration, holds func() bool) {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	for ctx.Err() == nil && holds() {
		pause(ctx, drainLook)
	}
}

func (n *Node) start(running context.Context, stop func(error), notify chan<- bool) (*raft.Raft, func() error, error) {
	conf := n.raftConfig(notify)
	address, transport, closeTransport := n.transport()
	if err := n.bootstrap(conf, address, transport); err != nil {
		return nil, nil, errors.Join(err, closeTransport())
	}
	room := room{stopping: running, log: n.config.Log, short: n.lacksRoom, release: n.ballast.Release}
	n.snapshots.fail = stop
	m := &machine{archive: n.config.Archive, take: n.take, snapshots: n.snapshots, answers: n.answers, room: room, fail: stop, turn: &n.turn}
	s := latched{store: n.store, room: room, fail: stop, memory: n.memory}
	r, err := raft.NewRaft(conf, m, s, s, n.snapshots, transport)
	if m.behind != nil {
		err = m.behind // raft says only that no snapshot could be loaded
	}
	if err != nil {
		return nil, nil, errors.Join(err, closeTransport())
	}
	return r, closeTransport, nil
}

func (n *Node) raftConfig(notify chan<- bool) *raft.Config {
	c := raft.DefaultConfig()
	c.LocalID = raft.ServerID(n.config.Name)
	c.Logger = n.logger
	c.NotifyCh = notify
	c.HeartbeatTimeout, c.ElectionTimeout, c.LeaderLeaseTimeout = electionPause, electionPause, electionPause
	c.CommitTimeout, c.TrailingLogs = commitPause, trailing
	if n.config.Peer != nil {
		c.HeartbeatTimeout, c.ElectionTimeout, c.LeaderLeaseTimeout = groupPause, groupPause, groupLease
		c.CommitTimeout, c.TrailingLogs = groupCommitPause, groupTrailing
	}
	c.MaxAppendEntries, c.BatchApplyCh = inFlightMax, true
	c.SnapshotThreshold, c.SnapshotInterval = snapshotEvery, snapshotCheck
	c.NoLegacyTelemetry = true
	c.ShutdownOnRemove = false // a node that was taken out stays up and says so
	return c
}

// bootstrap makes a group of this node alone when there is no group yet, unless one is to take it in.
func (n *Node) bootstrap(c *raft.Config, address raft.ServerAddress, t raft.Transport) error {
	known, err := raft.HasExistingState(n.store, n.store, n.snapshots)
	if err != nil || n.config.Join {
		return err
	}
	if known {
		if known, err = n.begun(); known || err != nil {
			return err
		}
	}
	alone := raft.Configuration{Servers: []raft.Server{{ID: c.LocalID, Address: address}}}
	if err := raft.BootstrapCluster(c, n.store, n.store, n.snapshots, t, alone); err != nil {
		return fmt.Errorf("begin a group of one: %w", err)
	}
	return nil
}

// termKey is where raft keeps its term.
var termKey = []byte("CurrentTerm")

// begun is false when a power cut fell into the beginning of a group: raft saves the first term, then the members, in two
// commits, and would take the first alone for a group without members, for ever. The term is taken back then.
func (n *Node) begun() (bool, error) {
	last, err := n.store.LastIndex()
	if err != nil || last > 0 {
		return true, err
	}
	kept, err := n.snapshots.List()
	if err != nil || len(kept) > 0 {
		return true, err
	}
	term, err := n.store.GetUint64(termKey)
	if err != nil || term != firstTerm {
		return true, err
	}
	return false, n.store.SetUint64(termKey, 0)
}

// checkName reports ErrName or ErrAlone. A node that waits to be taken in has no members yet.
func (n *Node) checkName() error {
	servers := n.servers()
	us := func(s raft.Server) bool { return s.ID == raft.ServerID(n.config.Name) }
	switch {
	case n.config.Peer == nil && len(servers) > 1:
		return fmt.Errorf("%w: %v", ErrAlone, servers)
	case len(servers) == 0 && n.config.Join, slices.ContainsFunc(servers, us):
		return nil
	}
	return fmt.Errorf("%w: this one is called %q, the log knows %v", ErrName, n.config.Name, servers)
}
