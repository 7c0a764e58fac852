package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/block"
	"markaz.example/edge/chain"
	"markaz.example/edge/disk"
)

// ErrNotHeld is reported by PruneFile when what headquarters is believed to hold is not of this chain.
var ErrNotHeld = errors.New("headquarters is not known to hold this chain: nothing may be forgotten")

// Pruned is what PruneFile did.
type Pruned struct {
	Base    chain.Position // before the oldest record that is kept now
	Records uint64         // dropped
	Blocks  int            // that held them
	Bytes   int64          // of the blocks; the file keeps its size and fills the room again
}

// PruneFile drops the sealed blocks of a closed ledger whose records are all older than keep, counted back from the
// newest record whose time stands on headquarters' word, and which headquarters has confirmed. Rows are never dropped, nor the last block. It goes by small
// transactions: stopped at any moment, what was dropped is dropped and the rest is whole. It reports ErrNotHeld.
func PruneFile(ctx context.Context, path string, keep time.Duration, progress Progress) (Pruned, error) {
	l, err := open(path, Options{Room: Rationing{Ballast: disk.BallastBytes}}, false)
	if err != nil {
		return Pruned{}, err
	}
	p := pruning{ledger: l, done: Pruned{Base: l.base}}
	err = p.begin(keep)
	for more := err == nil; more && err == nil; {
		if more, err = p.step(ctx); errors.Is(err, ErrFull) && l.release() { // forgetting takes pages too
			more, err = p.step(ctx)
		}
		if err == nil {
			progress.say(p.done.Base.Seq, l.confirmed.Seq)
		}
	}
	if err != nil {
		err = fmt.Errorf("prune: %w", err)
	}
	return p.done, errors.Join(err, l.db.Close())
}

// pruning is one run.
type pruning struct {
	ledger *Ledger
	before int64 // wall time of what may go, milliseconds
	done   Pruned
}

// begin finds the newest time that headquarters told, without which nothing is old, and compares what headquarters holds with the chain.
func (p *pruning) begin(keep time.Duration) (err error) {
	l := p.ledger
	_, floor, err := l.checkTail(time.Time{})
	if err != nil {
		return err
	}
	if now, sure := floor.Sure(); sure {
		p.before = now.Add(-keep).UnixMilli()
	}
	held, err := l.positionAt(context.Background(), l.confirmed.Seq)
	if err != nil && !errors.Is(err, ErrPruned) {
		return err
	}
	if err == nil && held != l.confirmed {
		return fmt.Errorf("%w: it stands at %s, here stands %s", ErrNotHeld, l.confirmed, held)
	}
	return nil
}

// step drops the oldest block, if it may go, and says whether another may.
func (p *pruning) step(ctx context.Context) (more bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	defer store.Guard(&err)()
	var s block.Sealed
	err = p.ledger.db.Update(func(tx *bolt.Tx) error {
		if s, more, err = p.oldest(tx); err != nil || !more {
			return err
		}
		return errors.Join(
			tx.Bucket(metaName).Put(baseKey, positionBytes(s.Last)),
			tx.Bucket(blocksName).Delete(seqKey(s.Last.Seq)),
		)
	})
	if err = store.CommitError(err); err == nil && more {
		p.done.Base = s.Last
		p.done.Records += uint64(s.Count())
		p.done.Blocks++
		p.done.Bytes += int64(len(s.Bytes))
	}
	return more && err == nil, err
}

// oldest is the first block, when it may go: confirmed as a whole, all of it old enough, and not the last.
func (p *pruning) oldest(tx *bolt.Tx) (s block.Sealed, may bool, err error) {
	blocks := tx.Bucket(blocksName)
	if blocks == nil {
		return s, false, nil
	}
	c := blocks.Cursor()
	k, v := c.First()
	if k == nil {
		return s, false, nil
	}
	if s, err = parseBlock(k, v); err != nil || s.Last.Seq > p.ledger.heldUpTo() {
		return s, false, err
	}
	if next, _ := c.Next(); next == nil {
		return s, false, nil
	}
	newest, err := newestWall(s)
	return s, newest < p.before, err
}

// newestWall is the latest time that a record of a block bears.
func newestWall(s block.Sealed) (newest int64, err error) {
	err = s.Each(nil, func(_ chain.Position, stored []byte) error {
		r, err := chain.Decode(stored)
		newest = max(newest, r.Stamp.Wall)
		return err
	})
	return newest, err
}
