package archive

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"maps"

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
	ErrKey      = errors.New("the key is not the one that signs this chain, and the office knows of no successor: enrol the box anew")
	ErrHeir     = errors.New("nobody let this ledger go on after another's records: make a code with markaz-hq enrol CENTRE, and use it on the box with markaz enrol")
	ErrAncestor = errors.New("headquarters does not have the record that this ledger goes on after")
	ErrCrowd    = errors.New("the centre has too many chains: a person must look into it")
	ErrOffice   = errors.New("this archive was opened without an office: acts cannot be applied")
)

// Entry is one command of the raft log: a batch, and the key of the box that sent it. Whoever proposed it has verified
// the records; the signature is verified here once more.
type Entry struct {
	Index uint64
	Key   ed25519.PublicKey
	Batch []byte // as wire.Encode gives it; kept as it is
	Act   []byte // for the office, or about chains, in place of a batch. Neither: the entry only moves Applied, to prove the disk
}

// Outcome is what an entry came to.
type Outcome struct {
	Verdict Verdict
	Held    chain.Position // of its chain after it; with Fork, Aside and Settled the end of its branch
	Err     error          // ErrNotBatch, chain.ErrSignature, ErrKey, ErrHeir, ErrAncestor, ErrCrowd, ErrAside, ErrOffice or ErrDamaged: the entry left no trace, Verdict means nothing
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
	b, err := e.batch()
	if err != nil {
		s.applied = max(s.applied, e.Index)
		return Outcome{Err: err}, nil
	}
	c, known := s.chain(b.Incarnation())
	if !known {
		c.Held = c.Incarnation.Start()
	}
	if e.Index <= s.applied {
		return Outcome{Verdict: Duplicate, Held: c.Held}, nil
	}
	s.applied = e.Index
	j, err := s.judge(&c, e.Key, b)
	if err == nil && (j.verdict == Fork || j.verdict == Aside) {
		err = c.room(j.branch, e.Batch)
	}
	if err != nil {
		return Outcome{Held: c.Held, Err: err}, nil
	}
	return s.carryOut(c, j, e, b)
}

// batch reads and checks what any state of the archive would refuse.
func (e Entry) batch() (wire.Batch, error) {
	m, err := wire.Decode(e.Batch)
	b, ok := m.(wire.Batch)
	if err != nil || !ok {
		return b, fmt.Errorf("%w: entry %d: %w", ErrNotBatch, e.Index, err)
	}
	if err := b.Checkpoint.Verify(e.Key); err != nil {
		return b, fmt.Errorf("entry %d: %w", e.Index, err)
	}
	return b, nil
}

func (s *staging) carryOut(c Chain, j judgement, e Entry, b wire.Batch) (out Outcome, err error) {
	out = Outcome{Verdict: j.verdict, Held: c.Held}
	switch j.verdict {
	case Append:
		err = s.extend(&c, b.Span, e.Key, e.Batch)
		out.Held = c.Held
	case Fork, Aside:
		if b.Prev == j.branch.End {
			j.branch, err = s.setAside(&c, j.branch, b.Span, e.Key, e.Batch)
		}
		out.Held = j.branch.End
	case Settled:
		out.Held = j.branch.End
	}
	return out, err
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

// judgement is a verdict and the branch that it is about, if any.
type judgement struct {
	verdict Verdict
	branch  Branch
}

func (s *staging) judge(c *Chain, key ed25519.PublicKey, b wire.Batch) (j judgement, err error) {
	if c.Held == c.Incarnation.Start() {
		if err := s.begins(c, key, b); err != nil {
			return j, err
		}
	}
	look := lookout{root: s.root, chain: *c}
	v, at := Place(look.strands(), b.Span, func(p chain.Position) bool { return look.passes(b, p) })
	j.verdict = v
	keys := c.Keys
	switch {
	case at > 0:
		j.branch = c.Branches[at-1]
		keys = j.branch.Keys
	case v == Fork:
		j.branch = Branch{Name: branchName(b.Span), Base: b.Prev, End: b.Prev}
	}
	if look.damage != nil {
		return j, look.damage
	}
	return j, s.checkKey(*c, v, keys, key)
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
func (s *staging) extend(c *Chain, span wire.Span, key ed25519.PublicKey, frame []byte) (err error) {
	bucket := s.bucket(*c)
	if bucket == nil {
		bucket, err = s.beginChain(*c)
	}
	keys := withKey(c.Keys, c.Held.Seq+1, key)
	if err == nil && len(keys) != len(c.Keys) {
		err = putKeys(bucket, keys)
	}
	if err == nil {
		err = putBatch(bucket, span.Last(), frame)
	}
	if err != nil {
		return fmt.Errorf("append to chain %s after %d: %w", c.Incarnation, c.Held.Seq, err)
	}
	c.Held, c.Keys, c.Key = span.Last(), keys, keys[len(keys)-1].Key
	s.chains[c.Incarnation] = *c
	return nil
}

func (s *staging) beginChain(c Chain) (*bolt.Bucket, error) {
	b, err := createStrand(s.root, c.Incarnation.String())
	if err != nil {
		return nil, err
	}
	_, err = b.CreateBucket(branchesName)
	return b, errors.Join(err, putOf(b, c))
}
