package victim

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"

	"markaz.example/edge/chain"
	"markaz.example/sync/archive"
	"markaz.example/sync/quorum"
)

// node is a node of headquarters alone: raft log, votes, snapshots and archive on one disk.
type node struct {
	Config
	*mouth
}

func (n *node) run(ctx context.Context) (err error) {
	archived, err := archive.Open(filepath.Join(n.Dir, "archive.db"), nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, archived.Close()) }()
	if err := archived.Verify(ctx, nil); err != nil {
		return unsound("verify: %w", err)
	}
	q, err := quorum.Open(quorum.Config{Dir: n.Dir, Name: "hq-1", Archive: archived, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var parts sync.WaitGroup
	for _, r := range roads() {
		parts.Go(func() { n.send(ctx, q, r) })
	}
	err = q.Run(ctx)
	stop()
	parts.Wait()
	if err != nil {
		n.text(Leaves, err)
	}
	if d, _ := q.Disk(); d.Missed > 0 {
		n.text(Missed, fmt.Errorf("a witness was not written %d times", d.Missed))
	}
	return nil
}

// send goes on where the node stands, once that is known.
func (n *node) send(ctx context.Context, q *quorum.Node, r road) {
	select {
	case <-q.Ready():
	case <-ctx.Done():
		return
	}
	held, err := q.Held(r.chain.In)
	if err == nil {
		err = r.judge(held, n.Acked[r.name])
	}
	if err != nil {
		n.text(wordOf(err), err)
		return
	}
	n.at(Opened, r.name, held)
	for ctx.Err() == nil {
		if held, err = n.submit(ctx, q, r, held); err != nil {
			return
		}
		n.at(Acked, r.name, held)
	}
}

func (n *node) submit(ctx context.Context, q *quorum.Node, r road, held chain.Position) (chain.Position, error) {
	b, err := r.next(held.Seq, batchMost)
	if err != nil {
		return held, err
	}
	if n.Early {
		n.at(Acked, r.name, r.chain.Head())
	}
	_, held, err = q.Submit(ctx, r.chain.Public(), b)
	return held, err
}
