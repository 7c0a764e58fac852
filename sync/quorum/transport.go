package quorum

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/hashicorp/raft"

	"markaz.example/sync/peer"
)

// layer is raft's stream layer over sync/peer.
type layer struct {
	net.Listener
	node *Node
}

// Dial opens a connection to the member at an address, whose certificate must prove its name.
func (l layer) Dial(address raft.ServerAddress, timeout time.Duration) (net.Conn, error) {
	for _, s := range l.node.servers() {
		if s.Address == address {
			ctx, cancel := context.WithTimeout(context.Background(), timeout)
			defer cancel()
			return l.node.config.Peer.DialRaft(ctx, member(s))
		}
	}
	return nil, fmt.Errorf("%w: no member is at %s", peer.ErrUnreachable, address)
}

// Addr is where others reach this node.
func (l layer) Addr() net.Addr { return address(l.node.config.Address) }

type address string

func (a address) Network() string { return "tcp" }
func (a address) String() string  { return string(a) }

// transport is how raft speaks to others: over sync/peer, or to nobody.
func (n *Node) transport() (raft.ServerAddress, raft.Transport, func() error) {
	if n.config.Peer == nil {
		own, t := raft.NewInmemTransport(raft.ServerAddress(n.config.Name))
		return own, t, t.Close
	}
	t := raft.NewNetworkTransportWithConfig(&raft.NetworkTransportConfig{
		Stream: layer{n.config.Peer.Raft(), n}, MaxPool: transportPool, Timeout: transportMax, Logger: n.logger,
		MsgpackUseNewTimeFormat: true,
	})
	return t.LocalAddr(), t, t.Close
}

// servers are the members as the newest configuration of the log has them, committed or not; none before the node has
// started.
func (n *Node) servers() []raft.Server {
	r := n.raft.Load()
	if r == nil {
		return nil
	}
	return r.GetConfiguration().Configuration().Servers
}

func member(s raft.Server) peer.Member {
	return peer.Member{Name: string(s.ID), Address: string(s.Address)}
}

// admits lets members in; and anybody with a certificate of ours when this node waits to be taken in.
func (n *Node) admits(name string) bool {
	servers := n.servers()
	for _, s := range servers {
		if string(s.ID) == name {
			return true
		}
	}
	return len(servers) == 0 && n.raft.Load() != nil
}

// alone reports whether this node is the only one that votes.
func (n *Node) alone() bool { return voters(n.servers()) == 1 }

func voters(servers []raft.Server) (count int) {
	for _, s := range servers {
		if s.Suffrage == raft.Voter {
			count++
		}
	}
	return count
}

// Others are the other members.
func (n *Node) Others() (out []peer.Member) {
	for _, s := range n.servers() {
		if string(s.ID) != n.config.Name {
			out = append(out, member(s))
		}
	}
	return out
}

// leader is the leader when it is another node; false when there is none, or it is this node.
func (n *Node) leader() (peer.Member, bool) {
	r := n.raft.Load()
	if r == nil || n.config.Peer == nil {
		return peer.Member{}, false
	}
	at, name := r.LeaderWithID()
	m := peer.Member{Name: string(name), Address: string(at)}
	return m, m.Name != "" && m.Address != "" && m.Name != n.config.Name
}
