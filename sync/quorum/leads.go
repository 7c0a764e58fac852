package quorum

import "github.com/hashicorp/raft"

// Leads says whether this node leads the group, as far as it knows. Work that two nodes may do at once, but one suffices
// for, goes by it.
func (n *Node) Leads() bool {
	r := n.raft.Load()
	return r != nil && r.State() == raft.Leader
}
