package quorum

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/hashicorp/raft"

	"markaz.example/sync/peer"
)

// What changes of the members report.
var (
	ErrNotLeader = errors.New("this node does not lead: ask the one that does")
	ErrNoAddress = errors.New("this node opens no port for others: give it peer in its config and a node certificate, and start it again")
	ErrNoMember  = errors.New("there is no such member")
	ErrItself    = errors.New("the leader does not take itself out: stop it, and take it out on the node that leads then")
	ErrNotEmpty  = errors.New("the new node belongs to a group already, perhaps one of its own: " +
		"stop it, move its directory away, set join = true, start it, and add it again")
	ErrUnreached = errors.New("a member has not heard of this change, and more of them now could stop the group: " +
		"start it or take it out first")
	ErrSlow = errors.New("the new node does not catch up; it stays without a vote: look at its log, then add it again")
)

// MemberState is how a member stands.
type MemberState struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	Voter   bool   `json:"voter"`
	Leader  bool   `json:"leader"`
	Reached bool   `json:"reached"`        // it answered just now
	Applied uint64 `json:"applied"`        // entry whose effect it has; 0 when it was not reached
	Disk    string `json:"disk,omitempty"` // what is wrong with its disk: "scarce", "full", "lies", "broken"
}

// About is what a node says of itself.
type About struct {
	Name          string `json:"name"`
	Empty         bool   `json:"empty"`          // it has no log and no archive
	Applied       uint64 `json:"applied"`        // entry whose effect its archive has
	Configuration uint64 `json:"configuration"`  // entry of the newest list of members that it has
	Disk          string `json:"disk,omitempty"` // what is wrong with its disk
}

func (n *Node) about() About {
	a := About{Name: n.config.Name, Applied: n.config.Archive.Applied(), Disk: n.trouble()}
	if r := n.raft.Load(); r != nil {
		a.Configuration, _ = strconv.ParseUint(r.Stats()["latest_configuration_index"], 10, 64)
		a.Empty = a.Applied == 0 && r.LastIndex() == 0
	}
	return a
}

func (n *Node) askAbout(ctx context.Context, m peer.Member) (a About, err error) {
	if m.Name == n.config.Name {
		return n.about(), nil
	}
	ctx, cancel := context.WithTimeout(ctx, aboutMax)
	defer cancel()
	b, err := n.config.Peer.Call(ctx, m, aboutPath, nil)
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(b, &a); err != nil {
		return a, fmt.Errorf("read what node %s says of itself: %w", m.Name, err)
	}
	return a, nil
}

// Members are the members, each asked how it is.
func (n *Node) Members(ctx context.Context) (out []MemberState) {
	r := n.raft.Load()
	if r == nil {
		return nil
	}
	_, leader := r.LeaderWithID()
	for _, s := range n.servers() {
		m := MemberState{Name: string(s.ID), Address: string(s.Address), Voter: s.Suffrage == raft.Voter, Leader: s.ID == leader}
		a, err := n.askAbout(ctx, member(s))
		m.Reached, m.Applied, m.Disk = err == nil, a.Applied, a.Disk
		out = append(out, m)
	}
	return out
}

// AddMember takes an empty node into the group: it receives log and archive first, and votes once it has caught up. For
// a member it changes the address. It reports ErrNotLeader, ErrNotEmpty, ErrUnreached or ErrSlow; after the last the node
// may be added again.
func (n *Node) AddMember(ctx context.Context, m peer.Member) error {
	if err := n.changeable(ctx, m.Name); err != nil {
		return fmt.Errorf("add node %s: %w", m.Name, err)
	}
	s, known := n.find(m.Name)
	if !known {
		a, err := n.askAbout(ctx, m)
		if err == nil && !a.Empty {
			err = ErrNotEmpty
		}
		if err != nil {
			return fmt.Errorf("add node %s: %w", m.Name, err)
		}
	}
	if !known || s.Suffrage != raft.Voter {
		if err := n.introduce(ctx, m); err != nil {
			return fmt.Errorf("add node %s: %w", m.Name, err)
		}
	}
	f := n.raft.Load().AddVoter(raft.ServerID(m.Name), raft.ServerAddress(m.Address), 0, changeMax)
	return n.changed("add", m.Name, f)
}

// introduce brings a new node up to date without a vote: a majority must not come to depend on who has nothing yet.
func (n *Node) introduce(ctx context.Context, m peer.Member) error {
	f := n.raft.Load().AddNonvoter(raft.ServerID(m.Name), raft.ServerAddress(m.Address), 0, changeMax)
	if err := f.Error(); err != nil {
		return err
	}
	last, step := uint64(0), time.Now()
	for time.Since(step) < streamMax {
		a, err := n.askAbout(ctx, m)
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("%w: %w", ErrSlow, context.Cause(ctx))
		case n.answers.refusing() != nil:
			return ErrNotLeader
		case err == nil && a.Applied+caughtUp >= n.config.Archive.Applied():
			return nil
		case err == nil && a.Applied > last:
			last, step = a.Applied, time.Now()
		}
		pause(ctx, catchUpLook)
	}
	return ErrSlow
}

// RemoveMember takes a node out, dead or alive. It reports ErrNotLeader, ErrNoMember, ErrItself or ErrUnreached.
func (n *Node) RemoveMember(ctx context.Context, name string) error {
	err := n.changeable(ctx, name)
	if _, ok := n.find(name); err == nil && !ok {
		err = ErrNoMember
	}
	if err == nil && name == n.config.Name {
		err = ErrItself
	}
	if err != nil {
		return fmt.Errorf("remove node %s: %w", name, err)
	}
	return n.changed("remove", name, n.raft.Load().RemoveServer(raft.ServerID(name), 0, changeMax))
}

// ReplaceMember takes a dead node out and a new one in. The dead one goes first: two of three and two of two are the same
// two nodes, and a fourth would have to wait for a majority of four.
func (n *Node) ReplaceMember(ctx context.Context, dead string, m peer.Member) error {
	a, err := n.askAbout(ctx, m)
	if err == nil && !a.Empty {
		err = ErrNotEmpty
	}
	if err != nil {
		return fmt.Errorf("replace node %s by %s: %w", dead, m.Name, err)
	}
	if err := n.RemoveMember(ctx, dead); err != nil {
		return err
	}
	if err := n.AddMember(ctx, m); err != nil {
		return fmt.Errorf("node %s is taken out; go on with member add: %w", dead, err)
	}
	return nil
}

func (n *Node) find(name string) (raft.Server, bool) {
	for _, s := range n.servers() {
		if string(s.ID) == name {
			return s, true
		}
	}
	return raft.Server{}, false
}

// changeable reports why the members cannot be changed now. Every member but the one in question must have heard of the
// change before: one that was two changes behind would turn away nodes that it has never heard of.
func (n *Node) changeable(ctx context.Context, but string) error {
	switch {
	case n.config.Peer == nil:
		return ErrNoAddress
	case n.answers.refusing() != nil:
		to, _ := n.leader()
		return fmt.Errorf("%w: %s", ErrNotLeader, to.Name)
	}
	newest := n.about().Configuration
	for _, m := range n.Others() {
		if m.Name == but {
			continue
		}
		if a, err := n.askAbout(ctx, m); err != nil || a.Configuration < newest {
			return errors.Join(fmt.Errorf("%w: %s", ErrUnreached, m.Name), err)
		}
	}
	return nil
}

func (n *Node) changed(what, name string, f raft.IndexFuture) error {
	if err := f.Error(); err != nil {
		return fmt.Errorf("%s node %s: %w", what, name, err)
	}
	n.config.Log.Info("the members have changed", "change", what, "peer", name)
	return nil
}
