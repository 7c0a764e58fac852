package hq

import (
	"context"
	"encoding/json"

	"markaz.example/sync/fleet"
	"markaz.example/sync/peer"
)

// openShare lets the nodes of a group tell each other which boxes are linked where: each page shows all.
func (h *HQ) openShare() error {
	if h.peer == nil {
		return nil
	}
	h.share = &peer.Share{Node: h.peer, Others: h.node.Others, Links: h.links, Merge: h.merge}
	h.share.Serve()
	return nil
}

func (h *HQ) runShare(ctx context.Context) error {
	if h.share == nil {
		<-ctx.Done()
		return nil
	}
	return h.share.Run(ctx)
}

func (h *HQ) links() []byte {
	b, err := json.Marshal(h.fleet.Links())
	if err != nil {
		h.log.Warn("tell other nodes of the links", "err", err)
	}
	return b
}

// merge keeps what was heard before of a node that does not answer.
func (h *HQ) merge(node string, b []byte) {
	if b == nil {
		return
	}
	var links []fleet.Link
	if err := json.Unmarshal(b, &links); err != nil {
		h.log.Warn("another node's links", "peer", node, "err", err)
		return
	}
	h.fleet.Merge(node, links)
}
