package archive

import (
	"cmp"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// ErrAside is reported of a batch of a branch that cannot be kept: the box keeps it.
var ErrAside = errors.New("the branches of this chain have come to their bound: settle them, and the box sends the rest")

// Branch is a small chain of its own beside a chain that it contradicts.
type Branch struct {
	Name  string         // base and beginning: "37-0f1e2d3c4b5a6978"
	Base  chain.Position // the record before its first batch, which another strand has too
	End   chain.Position // its newest record here
	Bytes uint64         // as stored
	Keys  []wire.Signer  // that sign its checkpoints

	Settled uint64 // index of the raft entry by which a person settled it; 0 when nobody has
}

// branchName tells a branch by where it leaves the chain and by the end of its first batch.
func branchName(s wire.Span) string { return fmt.Sprintf("%d-%s", s.Prev.Seq, s.Last().Hash) }

func unsettled(branches []Branch) (n int) {
	for _, b := range branches {
		if b.Settled == 0 {
			n++
		}
	}
	return n
}

// Branch is the branch of a name.
func (c Chain) Branch(name string) (Branch, bool) {
	i, ok := slices.BinarySearchFunc(c.Branches, name, byName)
	if !ok {
		return Branch{}, false
	}
	return c.Branches[i], true
}

func byName(b Branch, name string) int { return cmp.Compare(b.Name, name) }

// with is the chain with a branch added or replaced. The chain given is left as it is.
func (c Chain) with(b Branch) Chain {
	i, ok := slices.BinarySearchFunc(c.Branches, b.Name, byName)
	c.Branches = slices.Clone(c.Branches)
	if ok {
		c.Branches[i] = b
	} else {
		c.Branches = slices.Insert(c.Branches, i, b)
	}
	c.Forks = unsettled(c.Branches)
	return c
}

// without is the chain without a branch. The chain given is left as it is.
func (c Chain) without(name string) Chain {
	c.Branches = slices.DeleteFunc(slices.Clone(c.Branches), func(b Branch) bool { return b.Name == name })
	c.Forks = unsettled(c.Branches)
	return c
}

func loadBranches(of *bolt.Bucket) (out []Branch, err error) {
	all := of.Bucket(branchesName)
	if all == nil {
		return nil, fmt.Errorf("%w: its branches are missing", ErrDamaged)
	}
	err = all.ForEachBucket(func(name []byte) error {
		b, err := loadBranch(string(name), all.Bucket(name))
		out = append(out, b)
		return err
	})
	return out, err
}

func loadBranch(name string, b *bolt.Bucket) (out Branch, err error) {
	out.Name = name
	if out.End, out.Keys, err = loadStrand(b); err != nil {
		return out, fmt.Errorf("branch %s: %w", name, err)
	}
	if out.Base, err = parsePosition(b.Get(baseKey)); err != nil {
		return out, fmt.Errorf("base of branch %s: %w", name, err)
	}
	size, settled := b.Get(bytesKey), b.Get(settledKey)
	if len(size) != 8 || settled != nil && len(settled) != 8 {
		return out, fmt.Errorf("%w: branch %s: its size or its mark is not a number", ErrDamaged, name)
	}
	out.Bytes = binary.BigEndian.Uint64(size)
	if settled != nil {
		out.Settled = binary.BigEndian.Uint64(settled)
	}
	return out, nil
}

// room reports ErrAside when a branch cannot take a batch, or a chain no further branch.
func (c Chain) room(b Branch, frame []byte) error {
	known, taken := c.Branch(b.Name)
	switch begins := b.End == b.Base; {
	case begins && (len(c.Branches) >= branchesMax || taken):
		return fmt.Errorf("%w: %d branches of %s", ErrAside, len(c.Branches), c.Incarnation)
	case known.Bytes+uint64(len(frame)) > branchBytesMax:
		return fmt.Errorf("%w: branch %s of %s has %d bytes", ErrAside, b.Name, c.Incarnation, b.Bytes)
	}
	return nil
}

// setAside files a batch at the end of a branch, which it begins when it is the first. It gives the branch as it then
// stands. There is room.
func (s *staging) setAside(c *Chain, b Branch, span wire.Span, key ed25519.PublicKey, frame []byte) (Branch, error) {
	var err error
	bucket := s.branches(*c).Bucket([]byte(b.Name))
	if bucket == nil {
		bucket, err = createStrand(s.branches(*c), b.Name)
	}
	if err == nil {
		b.Keys, b.End, b.Bytes = withKey(b.Keys, span.Prev.Seq+1, key), span.Last(), b.Bytes+uint64(len(frame))
		err = errors.Join(putBatch(bucket, b.End, frame), putBranch(bucket, b))
	}
	if err != nil {
		return b, fmt.Errorf("set records after %d of %s aside as %s: %w", span.Prev.Seq, c.Incarnation, b.Name, err)
	}
	*c = c.with(b)
	err = s.absorb(c, b)
	s.chains[c.Incarnation] = *c
	return b, err
}

// absorb lets go of branches whose every record is on another. A box that found out in the middle of a batch that it
// is on a branch shows the whole of it later, from the end of a batch.
func (s *staging) absorb(c *Chain, by Branch) error {
	look := lookout{root: s.root, chain: *c}
	at, _ := slices.BinarySearchFunc(c.Branches, by.Name, byName)
	for _, b := range look.chain.Branches {
		if b.Name == by.Name || b.Settled > 0 || b.Base.Seq < by.Base.Seq || b.End.Seq > by.End.Seq {
			continue
		}
		if h, err := look.hash(at, b.End.Seq); err != nil || h != b.End.Hash {
			look.damage = errors.Join(look.damage, err)
			continue
		}
		if err := s.branches(*c).DeleteBucket([]byte(b.Name)); err != nil {
			return fmt.Errorf("let go of branch %s of %s: %w", b.Name, c.Incarnation, err)
		}
		*c = c.without(b.Name)
	}
	return look.damage
}

// putBranch writes what a branch has besides its batches.
func putBranch(bucket *bolt.Bucket, b Branch) error {
	err := errors.Join(
		bucket.Put(baseKey, positionBytes(b.Base)), bucket.Put(endKey, positionBytes(b.End)),
		bucket.Put(bytesKey, seqKey(b.Bytes)), putKeys(bucket, b.Keys))
	if b.Settled > 0 {
		err = errors.Join(err, bucket.Put(settledKey, seqKey(b.Settled)))
	}
	return err
}

func (s *staging) branches(c Chain) *bolt.Bucket { return s.bucket(c).Bucket(branchesName) }

func (s *staging) bucket(c Chain) *bolt.Bucket { return s.root.Bucket([]byte(c.Incarnation.String())) }

func createStrand(parent *bolt.Bucket, name string) (*bolt.Bucket, error) {
	b, err := parent.CreateBucket([]byte(name))
	if err != nil {
		return nil, err
	}
	_, err = b.CreateBucket(batchesName)
	return b, err
}

// putBatch files a batch at the end of a strand.
func putBatch(strand *bolt.Bucket, end chain.Position, frame []byte) error {
	batches := strand.Bucket(batchesName)
	batches.FillPercent = batchFill
	return errors.Join(batches.Put(seqKey(end.Seq), frame), strand.Put(endKey, positionBytes(end)))
}
