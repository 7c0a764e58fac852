package quorum

import (
	"context"

	"github.com/hashicorp/raft"
)

// lead follows raft's changes of mind. A new leader begins with a command of its own: once that is in the archive, so is
// everything committed before it, both disks have proved themselves, and callers may come.
func (n *Node) lead(ctx context.Context, notify <-chan bool) {
	seen := make(chan raft.Observation, notifyBuffer)
	o := raft.NewObserver(seen, false, func(o *raft.Observation) bool { _, ok := o.Data.(raft.LeaderObservation); return ok })
	n.raft.Load().RegisterObserver(o)
	defer n.raft.Load().DeregisterObserver(o)
	n.follow()
	var begun <-chan answer
	for {
		select {
		case <-ctx.Done():
			return
		case <-seen:
			n.follow()
		case <-n.short:
			n.yield()
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

// follow looks who leads.
func (n *Node) follow() {
	n.reign.next()
	to, ok := n.leader()
	switch {
	case ok:
		n.config.Log.Info("handing batches to the leader", "peer", to.Name)
		n.open()
	case len(n.servers()) == 0:
		n.config.Log.Info("waiting to be taken into a group: markaz-hq member add, on a node of it", "name", n.config.Name, "peer", n.config.Address)
		n.open()
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
	n.open()
	n.moved()
	n.config.Log.Info("taking batches", "applied", n.config.Archive.Applied())
}

func (n *Node) open() {
	select {
	case <-n.ready:
	default:
		close(n.ready)
	}
}

// moved tells the group where this node is reached, when that has changed or there was no address before.
func (n *Node) moved() {
	for _, s := range n.servers() {
		if n.config.Peer != nil && string(s.ID) == n.config.Name && string(s.Address) != n.config.Address {
			n.config.Log.Info("telling the group a new address", "peer", n.config.Address)
			n.raft.Load().AddVoter(s.ID, raft.ServerAddress(n.config.Address), 0, changeMax)
		}
	}
}

// lacksRoom tells lead that a disk is full. It does not block.
func (n *Node) lacksRoom() {
	select {
	case n.short <- struct{}{}:
	default:
	}
}

// yield lets another lead while this node waits for room: the others may have some. Nobody waits for what comes of it;
// a disk that is still full says so again.
func (n *Node) yield() {
	if r := n.raft.Load(); r.State() == raft.Leader && !n.alone() {
		n.config.Log.Warn("no room on a disk: letting another node lead")
		r.LeadershipTransfer()
	}
}
