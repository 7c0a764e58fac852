package quorum

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/raft"
)

// Run takes part in the group until the context ends. It reports ErrBehind, ErrName, and ErrUnknown or
// archive.ErrUnknown, after which the process must leave. A Node runs once.
func (n *Node) Run(ctx context.Context) (err error) {
	defer func() { err = errors.Join(err, n.close()) }()
	defer n.answers.close(ErrStopped)
	stopping, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	notify := make(chan bool, notifyBuffer)
	r, err := n.start(stopping, stop, notify)
	if err != nil {
		return fmt.Errorf("start raft: %w", err)
	}
	n.raft.Store(r)
	if err := n.checkName(r); err != nil {
		stop(err)
	}
	n.lead(stopping, notify)
	n.answers.close(ErrStopped)
	if err := r.Shutdown().Error(); err != nil {
		return fmt.Errorf("stop raft: %w", err)
	}
	if cause := context.Cause(stopping); cause != context.Cause(ctx) {
		return cause
	}
	return nil
}

func (n *Node) start(stopping context.Context, stop func(error), notify chan<- bool) (*raft.Raft, error) {
	conf := n.raftConfig(notify)
	address, transport := raft.NewInmemTransport(raft.ServerAddress(n.config.Name))
	if err := n.bootstrap(conf, address, transport); err != nil {
		return nil, err
	}
	room := room{stopping: stopping, log: n.config.Log}
	m := &machine{archive: n.config.Archive, answers: n.answers, room: room, fail: stop}
	s := latched{store: n.store, room: room, fail: stop}
	r, err := raft.NewRaft(conf, m, s, s, n.snapshots, transport)
	if m.behind != nil {
		return nil, m.behind // raft says only that no snapshot could be loaded
	}
	return r, err
}

func (n *Node) raftConfig(notify chan<- bool) *raft.Config {
	c := raft.DefaultConfig()
	c.LocalID = raft.ServerID(n.config.Name)
	c.Logger = n.logger
	c.NotifyCh = notify
	c.HeartbeatTimeout, c.ElectionTimeout, c.LeaderLeaseTimeout = electionPause, electionPause, electionPause
	c.CommitTimeout = commitPause
	c.MaxAppendEntries, c.BatchApplyCh = inFlightMax, true
	c.SnapshotThreshold, c.TrailingLogs, c.SnapshotInterval = snapshotEvery, trailing, snapshotCheck
	c.NoLegacyTelemetry = true
	return c
}

// bootstrap makes a group of this node alone when there is no group yet.
func (n *Node) bootstrap(c *raft.Config, address raft.ServerAddress, t raft.Transport) error {
	known, err := raft.HasExistingState(n.store, n.store, n.snapshots)
	if known || err != nil {
		return err
	}
	alone := raft.Configuration{Servers: []raft.Server{{ID: c.LocalID, Address: address}}}
	if err := raft.BootstrapCluster(c, n.store, n.store, n.snapshots, t, alone); err != nil {
		return fmt.Errorf("begin a group of one: %w", err)
	}
	return nil
}

func (n *Node) checkName(r *raft.Raft) error {
	f := r.GetConfiguration()
	if err := f.Error(); err != nil {
		return fmt.Errorf("read the group's members: %w", err)
	}
	servers := f.Configuration().Servers
	us := func(s raft.Server) bool { return s.ID == raft.ServerID(n.config.Name) }
	if !slices.ContainsFunc(servers, us) {
		return fmt.Errorf("%w: this one is called %q, the log knows %v", ErrName, n.config.Name, servers)
	}
	return nil
}

// lead follows raft's changes of mind. A new leader begins with a command of its own: once that is in the archive, so is
// everything committed before it, both disks have proved themselves, and callers may come.
func (n *Node) lead(ctx context.Context, notify <-chan bool) {
	var begun <-chan answer
	for {
		select {
		case <-ctx.Done():
			return
		case leading := <-notify:
			n.answers.close(ErrNotReady)
			begun = nil
			if leading {
				begun = n.begin()
			}
		case got := <-begun:
			begun = nil
			n.opened(got.err)
		}
	}
}

func (n *Node) begin() <-chan answer {
	t, c := n.answers.takeAlways()
	n.enqueue(t, []byte{commandStart})
	return c
}

func (n *Node) opened(err error) {
	if err != nil {
		n.config.Log.Warn("cannot lead yet", "err", err)
		return
	}
	n.answers.open()
	select {
	case <-n.ready:
	default:
		close(n.ready)
	}
	n.config.Log.Info("taking batches", "applied", n.config.Archive.Applied())
}
