package hq

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"
	"time"

	"markaz.example/sync/fleet"
	"markaz.example/sync/peer"
	"markaz.example/sync/quorum"
)

// nodes is how the group stands, asked every moment, for a page that is rendered more often than that.
type nodes struct {
	node *quorum.Node
	name string // this node's

	mu    sync.Mutex
	last  []quorum.MemberState // guarded by mu
	heard map[string]time.Time // guarded by mu; when a member last answered
}

// Run asks until the context ends.
func (n *nodes) Run(ctx context.Context) error {
	t := time.NewTicker(nodesEvery)
	defer t.Stop()
	for {
		n.keep(n.node.Members(ctx), time.Now())
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}

func (n *nodes) keep(members []quorum.MemberState, now time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	heard := map[string]time.Time{}
	for _, m := range members {
		if heard[m.Name] = n.heard[m.Name]; m.Reached {
			heard[m.Name] = now
		}
	}
	n.last, n.heard = members, heard
}

// Nodes is the group for the fleet page.
func (n *nodes) Nodes() (out []fleet.Node) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, m := range n.last {
		node := fleet.Node{Name: m.Name, State: "unreachable", Applied: m.Applied, Heard: n.heard[m.Name], Disk: known(m.Disk)}
		if m.Reached {
			node.State, node.Leader = "follower", m.Leader
		}
		if node.Leader {
			node.State = "leader"
		}
		out = append(out, node)
	}
	return out
}

// known passes on the words that the page has: another node may be of a newer version.
func known(disk string) string {
	if slices.Contains([]string{"scarce", "full", "lies", "broken"}, disk) {
		return disk
	}
	return ""
}

// others are the members that this node is not.
func (n *nodes) others() (out []peer.Member) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, m := range n.last {
		if m.Name != n.name {
			out = append(out, peer.Member{Name: m.Name, Address: m.Address})
		}
	}
	return out
}

// share tells the other nodes which boxes are linked here, and hears the same of them.
func share(p *peer.Node, n *nodes, f *fleet.Fleet, log *slog.Logger) peer.Share {
	return peer.Share{
		Node: p, Others: n.others,
		Links: func() []byte {
			b, err := json.Marshal(f.Links())
			if err != nil {
				panic("BUG: links as JSON: " + err.Error())
			}
			return b
		},
		Merge: func(node string, b []byte) {
			if b == nil {
				return // what it told last counts for a while, and its links for a shorter one
			}
			var links []fleet.Link
			if err := json.Unmarshal(b, &links); err != nil {
				log.Warn("what another node says of its links cannot be read", "peer", node, "err", err)
				return
			}
			f.Merge(node, links)
		},
	}
}
