package archive

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"maps"
	"slices"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/sync/wire"
)

// What Apply reports, of a group or in an Outcome.
var (
	ErrFull     = errors.New("no room on the disk of headquarters' archive: make room, nothing else is needed")
	ErrUnknown  = errors.New("the outcome of a commit is unknown: the process must leave and start again")
	ErrNotBatch = errors.New("the entry is not a batch of the documented shape")
	ErrKey      = errors.New("the checkpoint key is not the one pinned to this chain")
	ErrCrowd    = errors.New("the centre has too many chains: a person must look into it")
	ErrOffice   = errors.New("this archive was opened without an office: acts cannot be applied")
)

// Entry is one command of the raft log: a batch, and the key of the box that sent it. Whoever proposed it has verified
// the records and the signature.
type Entry struct {
	Index uint64
	Key   ed25519.PublicKey
	Batch []byte // as wire.Encode gives it; kept as it is
	Act   []byte // for the office, in place of a batch. Neither: the entry only moves Applied, to prove the disk
}

// Outcome is what an entry came to.
type Outcome struct {
	Verdict Verdict
	Held    chain.Position // of its chain, after it
	Err     error          // ErrNotBatch, ErrKey, ErrCrowd, ErrOffice or ErrDamaged: the entry left no trace, Verdict means nothing
	Answer  Answer         // of an act
}

// Apply takes a group of entries of any centres in one transaction. An entry at or below Applied has no effect. Nothing
// but the group and the file decides the outcomes, which are in the group's order.
//
// It reports ErrFull, after which nothing has changed and the same group may be tried again, or ErrUnknown.
func (a *Archive) Apply(group []Entry) ([]Outcome, error) {
	if err := a.Failed(); err != nil {
		return nil, err
	}
	out, staged, err := a.attempt(group)
	switch {
	case errors.Is(err, ErrFull):
		return nil, err
	case err != nil:
		return nil, a.poison(err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	maps.Copy(a.chains, staged.chains)
	a.applied = staged.applied
	return out, nil
}

func (a *Archive) poison(err error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.failed = fmt.Errorf("%w: %w", ErrUnknown, err)
	return a.failed
}

func (a *Archive) attempt(group []Entry) (out []Outcome, s staging, err error) {
	a.file.RLock()
	defer a.file.RUnlock()
	defer store.Guard(&err)()
	tx, err := a.db.Begin(true)
	if err != nil {
		return nil, s, err
	}
	defer tx.Rollback() // without effect after a commit
	s = staging{archive: a, root: tx.Bucket(chainsName), chains: map[chain.Incarnation]Chain{}, applied: a.Applied()}
	for _, e := range group {
		o, err := s.take(e)
		if err != nil {
			return nil, s, store.CommitError(err)
		}
		out = append(out, o)
	}
	if s.applied == a.Applied() {
		return out, s, nil // all of it was here already
	}
	if err := tx.Bucket(metaName).Put(appliedKey, seqKey(s.applied)); err != nil {
		return nil, s, store.CommitError(err)
	}
	return out, s, store.CommitError(a.commit(tx))
}

// staging is one transaction being filled: the chains as they will stand if it commits.
type staging struct {
	archive *Archive
	root    *bolt.Bucket
	chains  map[chain.Incarnation]Chain
	applied uint64
}

// take decides one entry. Its error is of the disk; what is wrong with the batch stays in the outcome.
func (s *staging) take(e Entry) (Outcome, error) {
	switch {
	case len(e.Act) > 0:
		return s.act(e)
	case len(e.Batch) == 0:
		s.applied = max(s.applied, e.Index)
		return Outcome{}, nil
	}
	m, err := wire.Decode(e.Batch)
	b, ok := m.(wire.Batch)
	if err != nil || !ok {
		s.applied = max(s.applied, e.Index)
		return Outcome{Err: fmt.Errorf("%w: entry %d: %w", ErrNotBatch, e.Index, err)}, nil
	}
	c, known := s.chain(b.Checkpoint.Incarnation)
	if !known {
		c.Held, c.Key = c.Incarnation.Start(), slices.Clone(e.Key)
	}
	if e.Index <= s.applied {
		return Outcome{Verdict: Duplicate, Held: c.Held}, nil
	}
	s.applied = e.Index
	v, err := s.judge(c, e.Key, b.Span)
	switch {
	case err != nil:
		return Outcome{Held: c.Held, Err: err}, nil
	case v == Append:
		err = s.extend(&c, b.Last(), e.Batch, known)
	case v == Fork:
		err = s.setAside(&c, b.Span, e.Batch)
	}
	return Outcome{Verdict: v, Held: c.Held}, err
}

// chain is how a chain stands so far; false when nothing of it is held.
func (s *staging) chain(in chain.Incarnation) (Chain, bool) {
	if c, ok := s.chains[in]; ok {
		return c, true
	}
	c, ok := s.archive.Chain(in)
	c.Incarnation = in
	return c, ok
}

func (s *staging) judge(c Chain, key ed25519.PublicKey, span wire.Span) (Verdict, error) {
	in := c.Incarnation
	switch {
	case !bytes.Equal(c.Key, key):
		return Fork, fmt.Errorf("%w: %s", ErrKey, in)
	case c.Held.Seq == 0 && s.count(in.Centre) >= incarnationsMax:
		return Fork, fmt.Errorf("%w: %s, limit %d", ErrCrowd, in, incarnationsMax)
	}
	var damage error
	v := Admit(c.Held, func(seq uint64) chain.Hash {
		h, err := hashAt(s.root, c, seq)
		damage = errors.Join(damage, err)
		return h
	}, span)
	return v, damage
}

// count is how many chains of a centre there are so far.
func (s *staging) count(centre id.Centre) int {
	n := s.archive.count(centre)
	for in := range s.chains {
		if _, committed := s.archive.Chain(in); !committed && in.Centre == centre {
			n++
		}
	}
	return n
}

// extend appends a batch to its chain, which it begins when it is the first.
func (s *staging) extend(c *Chain, last chain.Position, frame []byte, known bool) error {
	name := []byte(c.Incarnation.String())
	if !known {
		if err := beginChain(s.root, name, c.Key); err != nil {
			return fmt.Errorf("begin chain %s: %w", name, err)
		}
	}
	bucket := s.root.Bucket(name)
	batches := bucket.Bucket(batchesName)
	batches.FillPercent = batchFill
	err := errors.Join(batches.Put(seqKey(last.Seq), frame), bucket.Put(endKey, positionBytes(last)))
	if err != nil {
		return fmt.Errorf("append to chain %s after %d: %w", name, c.Held.Seq, err)
	}
	c.Held = last
	s.chains[c.Incarnation] = *c
	return nil
}

func beginChain(root *bolt.Bucket, name []byte, key ed25519.PublicKey) error {
	b, err := root.CreateBucket(name)
	if err != nil {
		return err
	}
	_, batches := b.CreateBucket(batchesName)
	_, forks := b.CreateBucket(forksName)
	return errors.Join(batches, forks, b.Put(pinKey, key))
}

// setAside keeps a branch that contradicts its chain, once, and leaves the chain as it is.
func (s *staging) setAside(c *Chain, span wire.Span, frame []byte) error {
	forks := s.root.Bucket([]byte(c.Incarnation.String())).Bucket(forksName)
	key := forkKey(span)
	if c.Forks >= forksMax || forks.Get(key) != nil {
		return nil
	}
	if err := forks.Put(key, frame); err != nil {
		return fmt.Errorf("set a fork of %s aside: %w", c.Incarnation, err)
	}
	c.Forks++
	s.chains[c.Incarnation] = *c
	return nil
}

// hashAt is the hash of any held record. At the ends of batches it is stored; inside one the block is opened.
func hashAt(root *bolt.Bucket, c Chain, seq uint64) (chain.Hash, error) {
	switch seq {
	case 0:
		return c.Incarnation.Genesis(), nil
	case c.Held.Seq:
		return c.Held.Hash, nil
	}
	k, v := root.Bucket([]byte(c.Incarnation.String())).Bucket(batchesName).Cursor().Seek(seqKey(seq))
	b, err := parseBatch(c.Incarnation, k, v)
	switch {
	case err != nil:
		return chain.Hash{}, fmt.Errorf("hash of record %d of %s: %w", seq, c.Incarnation, err)
	case b.Last().Seq == seq:
		return b.Last().Hash, nil
	case b.Prev.Seq == seq:
		return b.Prev.Hash, nil
	}
	return hashInside(b, seq)
}

func hashInside(b wire.Batch, seq uint64) (chain.Hash, error) {
	records, err := b.Open()
	if err != nil || seq <= b.Prev.Seq {
		return chain.Hash{}, fmt.Errorf("%w: record %d is not in the batch of %d to %d: %w",
			ErrDamaged, seq, b.Prev.Seq+1, b.Last().Seq, err)
	}
	h := b.Prev.Hash
	for _, r := range records[:seq-b.Prev.Seq] {
		h = chain.Link(h, r)
	}
	return h, nil
}
