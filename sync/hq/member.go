package hq

import (
	"context"

	"markaz.example/edge/door"
	"markaz.example/sync/peer"
	"markaz.example/sync/quorum"
	"markaz.example/sync/roster"
)

// Member is what the verbs about members are asked with.
type Member struct {
	Name    string `json:"name"`              // of the node that comes or goes
	Address string `json:"address,omitempty"` // of the one that comes: its peer
	Dead    string `json:"dead,omitempty"`    // name of the one whose place it takes
}

// memberVerbs serves "markaz-hq member". Only the leader changes members; another node answers who leads.
func (h *HQ) memberVerbs() {
	door.Verb(h.admin, "GET /member", func(ctx context.Context, _ struct{}) ([]quorum.MemberState, error) {
		return h.node.Members(ctx), nil
	})
	door.Verb(h.admin, "POST /member/add", h.changing(func(ctx context.Context, m Member) error {
		return h.node.AddMember(ctx, peer.Member{Name: m.Name, Address: m.Address})
	}))
	door.Verb(h.admin, "POST /member/remove", h.changing(func(ctx context.Context, m Member) error {
		return h.node.RemoveMember(ctx, m.Name)
	}))
	door.Verb(h.admin, "POST /member/replace", h.changing(func(ctx context.Context, m Member) error {
		return h.node.ReplaceMember(ctx, m.Dead, peer.Member{Name: m.Name, Address: m.Address})
	}))
}

// changing answers a change with the members after it.
func (h *HQ) changing(do func(context.Context, Member) error) func(context.Context, Member) ([]quorum.MemberState, error) {
	return func(ctx context.Context, m Member) ([]quorum.MemberState, error) {
		if err := roster.CheckNodeName(m.Name); err != nil {
			return nil, err
		}
		if err := do(ctx, m); err != nil {
			return nil, err
		}
		return h.node.Members(ctx), nil
	}
}
