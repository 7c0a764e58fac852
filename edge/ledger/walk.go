package ledger

import (
	"context"
	"errors"
	"fmt"
	"sync"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/block"
	"markaz.example/edge/chain"
	"markaz.example/edge/durable"
)

// filed is one record as the file has it.
type filed struct {
	at     chain.Position // as its row says, or as its block's records give
	prev   chain.Position // as the block says or gives; not known for a row
	stored []byte         // valid inside the visit
	sealed bool
	odd    error // why it does not decode; known after follows, nil for a sealed one, which does
}

// errEnough ends a visit early.
var errEnough = errors.New("enough")

// each visits the records behind after in order: those of the blocks, then the rows. What it gives is well-formed, and
// not yet compared with what was before it.
func each(tx *bolt.Tx, after uint64, visit func(filed) error) error {
	after, err := eachSealed(tx, after, visit)
	if err == nil {
		err = eachRow(tx, after, visit)
	}
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

var rowBuffers = sync.Pool{New: func() any { b := make([]byte, 0, block.RawBytesMax+block.Slack); return &b }}

func eachSealed(tx *bolt.Tx, after uint64, visit func(filed) error) (upto uint64, err error) {
	blocks := tx.Bucket(blocksName)
	if blocks == nil {
		return after, nil
	}
	buffer := rowBuffers.Get().(*[]byte)
	defer rowBuffers.Put(buffer)
	c := blocks.Cursor()
	for k, v := c.Seek(seqKey(after + 1)); k != nil; k, v = c.Next() {
		s, err := parseBlock(k, v)
		if err != nil {
			return after, err
		}
		if s.Prev.Seq > after || s.Last.Seq <= after {
			return after, fmt.Errorf("%w: no record %d", ErrDamaged, after+1)
		}
		if err := eachOf(s, after, *buffer, visit); err != nil {
			return after, err
		}
		after = s.Last.Seq
	}
	return after, nil
}

func eachOf(s block.Sealed, after uint64, buffer []byte, visit func(filed) error) error {
	prev := s.Prev
	err := s.Each(buffer, func(at chain.Position, r []byte) error {
		f := filed{at: at, prev: prev, stored: r, sealed: true}
		if prev = at; at.Seq <= after {
			return nil
		}
		return visit(f)
	})
	if errors.Is(err, block.ErrBlock) {
		return fmt.Errorf("%w: block of records %d to %d: %w", ErrDamaged, s.Prev.Seq+1, s.Last.Seq, err)
	}
	return err
}

func eachRow(tx *bolt.Tx, after uint64, visit func(filed) error) error {
	c := tx.Bucket(logName).Cursor()
	for k, v := c.Seek(seqKey(after + 1)); k != nil; k, v = c.Next() {
		p, stored, err := parseRow(k, v)
		if err != nil {
			return fmt.Errorf("after record %d: %w", after, err)
		}
		if err := visit(filed{at: p, stored: stored}); err != nil {
			return err
		}
		after = p.Seq
	}
	return nil
}

// walk visits and verifies every record behind after; behind the oldest kept for 0.
func (l *Ledger) walk(ctx context.Context, after uint64, progress Progress, visit func(filed) error) (at chain.Position, err error) {
	err = l.read(ctx, func(tx *bolt.Tx) error {
		head, err := headOf(tx, l.lineage)
		if err != nil {
			return err
		}
		if at, err = l.from(tx, after); err != nil {
			return err
		}
		defer durable.Unmap(tx)
		w, start := at.Walk(), at.Seq
		return each(tx, start, func(f filed) error {
			if err := rest(ctx, tx, at.Seq); err != nil {
				return err
			}
			w = l.lineage.step(w)
			if f, err = follows(w, f); err != nil {
				return err
			}
			at = w.At()
			progress.tell(at.Seq-start, head.Seq-start)
			if err := visit(f); err != nil {
				return fmt.Errorf("record %d: %w", at.Seq, err)
			}
			return nil
		})
	})
	return at, err
}

// rest lets go now and then of what a long task has mapped, and says when it is to end.
func rest(ctx context.Context, tx *bolt.Tx, seq uint64) error {
	if seq%progressEvery != 0 {
		return nil
	}
	durable.Unmap(tx)
	return ctx.Err()
}

// from is the position to begin after.
func (l *Ledger) from(tx *bolt.Tx, after uint64) (chain.Position, error) {
	if after == 0 {
		return baseOf(tx, l.lineage)
	}
	return l.positionOf(tx, after)
}

// follows checks one record against the position before it, and moves on. A row may be odd, and is told so: its hash holds
// it in its place none the less.
func follows(w *chain.Walk, f filed) (filed, error) {
	before := w.At()
	if !f.sealed {
		var err error
		if f.odd, err = w.Pass(f.stored); err != nil {
			return f, err
		}
	} else if w.Link(f.stored); f.prev != before {
		return f, fmt.Errorf("%w: the block from record %d follows %s, but before it stands %s", chain.ErrBroken, f.at.Seq, f.prev, before)
	}
	if w.At() != f.at {
		return f, fmt.Errorf("%w: record %d is filed as %s, but its bytes after record %d give %s",
			chain.ErrBroken, w.At().Seq, f.at, before.Seq, w.At())
	}
	return f, nil
}
