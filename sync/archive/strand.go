package archive

import (
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// lookout finds records of a chain and its branches in one transaction.
type lookout struct {
	root   *bolt.Bucket
	chain  Chain
	opened [][]byte // the records of the batch that passes asks of
	damage error    // what went wrong on the way
}

// strands are the chain, then its branches in their order.
func (l *lookout) strands() []Strand {
	c := l.chain
	out := []Strand{{Base: c.Incarnation.Start(), End: c.Held, At: l.at(-1)}}
	for i, b := range c.Branches {
		out = append(out, Strand{Base: b.Base, End: b.End, Settled: b.Settled > 0, At: l.at(i)})
	}
	return out
}

// at gives the hashes of a strand: of branch i, or of the chain for -1.
func (l *lookout) at(i int) func(seq uint64) chain.Hash {
	return func(seq uint64) chain.Hash {
		h, err := l.hash(i, seq)
		l.damage = errors.Join(l.damage, err)
		return h
	}
}

// hash is that of a record from a strand's base to its end. At the ends of batches it is stored; inside one the block is
// opened.
func (l *lookout) hash(i int, seq uint64) (chain.Hash, error) {
	base, end := l.bounds(i)
	switch seq {
	case base.Seq:
		return base.Hash, nil
	case end.Seq:
		return end.Hash, nil
	}
	b, err := l.batch(i, seq)
	switch {
	case err != nil:
		return chain.Hash{}, fmt.Errorf("hash of record %d of %s: %w", seq, l.chain.Incarnation, err)
	case b.Last().Seq == seq:
		return b.Last().Hash, nil
	}
	return hashInside(b, seq)
}

func (l *lookout) bounds(i int) (base, end chain.Position) {
	if i < 0 {
		return l.chain.Incarnation.Start(), l.chain.Held
	}
	b := l.chain.Branches[i]
	return b.Base, b.End
}

// batch is the one of a strand that holds a record.
func (l *lookout) batch(i int, seq uint64) (wire.Batch, error) {
	batches, err := l.batches(i)
	if err != nil {
		return wire.Batch{}, err
	}
	k, v := batches.Cursor().Seek(seqKey(seq))
	b, err := parseBatch(l.chain.Incarnation, k, v)
	if err == nil && b.Prev.Seq >= seq {
		err = fmt.Errorf("%w: no batch holds it", ErrDamaged)
	}
	return b, err
}

func (l *lookout) batches(i int) (*bolt.Bucket, error) {
	bucket := l.root.Bucket([]byte(l.chain.Incarnation.String()))
	if bucket != nil && i >= 0 {
		bucket = bucket.Bucket(branchesName).Bucket([]byte(l.chain.Branches[i].Name))
	}
	if bucket == nil {
		return nil, fmt.Errorf("%w: it has no bucket", ErrDamaged)
	}
	return bucket.Bucket(batchesName), nil
}

func hashInside(b wire.Batch, seq uint64) (chain.Hash, error) {
	records, err := b.Open()
	if err != nil {
		return chain.Hash{}, fmt.Errorf("%w: record %d is in the batch of %d to %d: %w",
			ErrDamaged, seq, b.Prev.Seq+1, b.Last().Seq, err)
	}
	at := b.Prev.Walk()
	for _, r := range records[:seq-b.Prev.Seq] {
		at.Link(r)
	}
	return at.At().Hash, nil
}

// passes is whether a batch's own record in a place is this one.
func (l *lookout) passes(b wire.Batch, p chain.Position) bool {
	if l.opened == nil {
		records, err := b.Open()
		if err != nil {
			l.damage = errors.Join(l.damage, fmt.Errorf("%w: %w", ErrNotBatch, err))
			return false
		}
		l.opened = records
	}
	at := b.Prev.Walk()
	for _, r := range l.opened[:p.Seq-b.Prev.Seq] {
		at.Link(r)
	}
	return at.At() == p
}

// holding is the strand that a position is on: a branch's number, or -1 for the chain. The chain is asked first. The base
// of a branch is on what it leaves and not on the branch itself, so that going from branches to what they leave ends.
func (l *lookout) holding(p chain.Position) (int, bool) {
	for i := -1; i < len(l.chain.Branches); i++ {
		base, end := l.bounds(i)
		if p.Seq < base.Seq || p.Seq > end.Seq || i >= 0 && p.Seq == base.Seq {
			continue
		}
		h, err := l.hash(i, p.Seq)
		l.damage = errors.Join(l.damage, err)
		if err == nil && h == p.Hash {
			return i, true
		}
	}
	return 0, false
}

// under is the strand that a branch leaves.
func (l *lookout) under(i int) (int, bool) { return l.holding(l.chain.Branches[i].Base) }
