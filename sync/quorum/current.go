package quorum

import (
	"context"
	"fmt"

	"markaz.example/edge/chain"
)

// CatchUp returns when this node's archive has everything that was acknowledged anywhere before it was asked: what is read
// here then is no older than that. It reports ErrNotReady.
func (n *Node) CatchUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, askMax)
	defer cancel()
	err := n.catchUp(ctx)
	if err != nil {
		return fmt.Errorf("catch up with the group: %w", err)
	}
	return nil
}

func (n *Node) catchUp(ctx context.Context) error {
	if n.answers.refusing() == nil {
		_, err := n.heldHere(ctx, chain.Incarnation{})
		return err
	}
	r, err := n.call(ctx, heldPath, questionOfNone)
	if err == nil {
		err = r.failure()
	}
	if err != nil {
		return err
	}
	return n.reach(ctx, r.Applied)
}

// questionOfNone asks for nothing but a leader's word that it is one.
var questionOfNone = []byte("{}")

// reach waits until this node's archive has an entry.
func (n *Node) reach(ctx context.Context, index uint64) error {
	for n.config.Archive.Applied() < index {
		if ctx.Err() != nil {
			return fmt.Errorf("%w: this node stands at entry %d, the group at %d", ErrNotReady, n.config.Archive.Applied(), index)
		}
		pause(ctx, reachLook)
	}
	return nil
}

// settle lets this node have what it handed to the leader, so that whoever ordered it here finds it here. A node that is
// far behind keeps nobody waiting: what was ordered is done.
func (n *Node) settle(ctx context.Context, index uint64) {
	ctx, cancel := context.WithTimeout(ctx, settleMax)
	defer cancel()
	_ = n.reach(ctx, index)
}
