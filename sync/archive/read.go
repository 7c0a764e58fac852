package archive

import (
	"errors"
	"fmt"
	"iter"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// HashAt is the hash of a committed record of a chain; of its genesis for the one before its first. It reports ErrAbsent or ErrDamaged.
func (a *Archive) HashAt(in chain.Incarnation, seq uint64) (h chain.Hash, err error) {
	c, known := a.Chain(in)
	switch {
	case seq == in.After:
		return in.Genesis(), nil
	case !known || seq > c.Held.Seq || seq < in.After:
		return h, fmt.Errorf("record %d of %s: %w, the newest is %d", seq, in, ErrAbsent, c.Held.Seq)
	}
	err = a.lookout(c, func(l *lookout) (err error) {
		h, err = l.hash(-1, seq)
		return err
	})
	return h, err
}

// lookout reads of one chain in one transaction.
func (a *Archive) lookout(c Chain, look func(*lookout) error) error {
	return a.view(func(tx *bolt.Tx) error { return look(&lookout{root: tx.Bucket(chainsName), chain: c}) })
}

// Landmark is a record of the strand that holds a tip: of the chain, or of a branch when only that has the tip. A
// sequence past the strand's end is its end; below a branch's base it is of the strand that the branch leaves. Begins is
// the newest end of a batch at or before it. It reports ErrAbsent when no strand holds the tip, or ErrDamaged.
func (a *Archive) Landmark(in chain.Incarnation, tip chain.Position, seq uint64) (at, begins chain.Position, err error) {
	c, known := a.Chain(in)
	if !known {
		return in.Start(), in.Start(), nil
	}
	err = a.lookout(c, func(l *lookout) (err error) {
		at, begins, err = l.landmark(tip, seq)
		return errors.Join(err, l.damage)
	})
	if err != nil {
		return at, begins, fmt.Errorf("landmark %d of %s: %w", seq, in, err)
	}
	return at, begins, nil
}

// Settled is whether a person has settled a fork, and not for the history that has this record.
func (a *Archive) Settled(in chain.Incarnation, at chain.Position) (settled bool, err error) {
	c, _ := a.Chain(in)
	if len(c.Branches) == c.Forks {
		return false, nil
	}
	err = a.lookout(c, func(l *lookout) error {
		i, ok := l.holding(at)
		settled = ok && i >= 0 && c.Branches[i].Settled > 0
		return l.damage
	})
	return settled, err
}

func (l *lookout) landmark(tip chain.Position, seq uint64) (at, begins chain.Position, err error) {
	i, ok := l.holding(tip)
	for ok && i >= 0 && seq < l.chain.Branches[i].Base.Seq {
		i, ok = l.under(i)
	}
	if !ok {
		return at, begins, fmt.Errorf("%w: %s", ErrAbsent, tip)
	}
	base, end := l.bounds(i)
	if seq = min(seq, end.Seq); seq == base.Seq {
		return base, base, nil
	}
	at.Seq = seq
	if at.Hash, err = l.hash(i, seq); err != nil {
		return at, begins, err
	}
	b, err := l.batch(i, seq)
	if begins = b.Prev; b.Last() == at {
		begins = at
	}
	return at, begins, err
}

// Stored is one archived record: where it stands, and its bytes, which are the caller's.
type Stored struct {
	At    chain.Position
	Bytes []byte // as chain.Decode reads them
}

// Records gives the committed records of a chain behind after, in order, odd ones as they are. It ends at the first error:
// ErrDamaged, or ErrAbsent when a person has settled a fork meanwhile and the chain is another. No transaction is held while the caller works, so a slow consumer holds up nobody.
func (a *Archive) Records(in chain.Incarnation, after uint64) iter.Seq2[Stored, error] {
	return func(yield func(Stored, error) bool) {
		after = max(after, in.After)
		for end := a.Held(in).Seq; after < end; {
			b, err := a.batchWith(in, after+1)
			if err != nil {
				yield(Stored{}, err)
				return
			}
			if !yieldRecords(b, after, yield) {
				return
			}
			after = b.Last().Seq
		}
	}
}

func yieldRecords(b wire.Batch, after uint64, yield func(Stored, error) bool) bool {
	records, err := b.Open()
	if err != nil {
		yield(Stored{}, fmt.Errorf("%w: records %d to %d: %w", ErrDamaged, b.Prev.Seq+1, b.Last().Seq, err))
		return false
	}
	at := b.Prev
	for _, r := range records {
		at = chain.Position{Seq: at.Seq + 1, Hash: chain.Link(at.Hash, r)}
		if at.Seq > after && !yield(Stored{at, r}, nil) {
			return false
		}
	}
	return true
}

// batchWith is the batch that holds a record. It reports ErrAbsent when a person has put a shorter history in the place
// of the one that was asked about.
func (a *Archive) batchWith(in chain.Incarnation, seq uint64) (b wire.Batch, err error) {
	c, _ := a.Chain(in)
	if seq > c.Held.Seq {
		return b, fmt.Errorf("record %d of %s: %w", seq, in, ErrAbsent)
	}
	err = a.lookout(c, func(l *lookout) (err error) {
		b, err = l.batch(-1, seq)
		return err
	})
	if err != nil {
		return b, fmt.Errorf("record %d of %s: %w", seq, in, err)
	}
	return b, nil
}

// Stats is what an archive holds.
type Stats struct {
	Chains       int    `json:"chains"`
	Forks        int    `json:"forks"`        // branches that nobody has settled
	Branches     int    `json:"branches"`     // all that are kept aside
	BranchBytes  uint64 `json:"branch_bytes"` // of them, as stored
	Odd          int    `json:"odd"`          // records that are named as ones that a node could not decode
	Records      uint64 `json:"records"`
	Batches      uint64 `json:"batches"`
	BatchBytes   uint64 `json:"batch_bytes"` // as stored: compressed, with their checkpoints
	RawBytes     uint64 `json:"raw_bytes"`   // the same decompressed
	FileBytes    int64  `json:"file_bytes"`
	AppliedIndex uint64 `json:"applied_index"` // newest raft entry whose effect is here
}

// Stats counts without opening blocks.
func (a *Archive) Stats() (Stats, error) {
	s := Stats{AppliedIndex: a.Applied()}
	err := a.view(func(tx *bolt.Tx) error {
		s.FileBytes = tx.Size()
		for _, c := range a.Chains() {
			s.Chains++
			s.addChain(c)
			batches := tx.Bucket(chainsName).Bucket([]byte(c.Incarnation.String())).Bucket(batchesName)
			if err := s.addBatches(c, batches); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return s, fmt.Errorf("count the archive: %w", err)
	}
	return s, nil
}

func (s *Stats) addChain(c Chain) {
	s.Forks += c.Forks
	s.Odd += c.Odd
	s.Records += c.Held.Seq - c.Incarnation.After
	s.Branches += len(c.Branches)
	for _, b := range c.Branches {
		s.BranchBytes += b.Bytes
	}
}

func (s *Stats) addBatches(c Chain, batches *bolt.Bucket) error {
	return batches.ForEach(func(key, frame []byte) error {
		b, err := parseBatch(c.Incarnation, key, frame)
		s.Batches++
		s.BatchBytes += uint64(len(frame))
		s.RawBytes += uint64(b.RawBytes)
		return err
	})
}
