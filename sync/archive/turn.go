package archive

import (
	"errors"
	"fmt"
	"math"
	"slices"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// turn makes a branch the chain, and what the chain had in its place a branch, in the transaction of the act. It rewrites
// every batch of both.
func (s *staging) turn(c Chain, b Branch, done Settlement) (Answer, error) {
	if answer, err := s.mayTurn(c, b); err != nil || answer.Refused != "" {
		return answer, err
	}
	tail, err := s.cutTail(&c, b.Base, done.Index)
	if err == nil {
		done.After, done.Beside = b.Base.Seq, tail
		err = s.graft(&c, b)
	}
	if err = errors.Join(err, s.record(c, done)); err != nil {
		return Answer{}, fmt.Errorf("make branch %s the chain of %s: %w", b.Name, c.Incarnation, err)
	}
	s.chains[c.Incarnation] = c
	return Answer{Body: []byte(tail)}, nil
}

// mayTurn refuses a branch that does not fit the end of one of the chain's batches.
func (s *staging) mayTurn(c Chain, b Branch) (Answer, error) {
	look := lookout{root: s.root, chain: c}
	i, ok := look.holding(b.Base)
	keys := len(keysBefore(c.Keys, b.Base.Seq)) + len(b.Keys)
	switch {
	case look.damage != nil:
		return Answer{}, look.damage
	case !ok:
		return refuse(RefusedPartial, fmt.Sprintf("nothing leads to branch %s of %s", b.Name, c.Incarnation)), nil
	case i >= 0:
		return refuse(RefusedNested, fmt.Sprintf("%s leaves branch %s: settle that one first", b.Name, c.Branches[i].Name)), nil
	case b.Base != c.Incarnation.Start() && s.bucket(c).Bucket(batchesName).Get(seqKey(b.Base.Seq)) == nil:
		return refuse(RefusedPartial, fmt.Sprintf("%s was shown by an older box and begins inside a batch; let the box, updated, greet again", b.Name)), nil
	case keys > wire.SignersMax:
		return refuse(RefusedTooMany, fmt.Sprintf("%s would have %d keys, the limit is %d", c.Incarnation, keys, wire.SignersMax)), nil
	}
	return Answer{}, nil
}

// cutTail moves what the chain has behind a position to a branch, which is settled, and gives its name; empty when there
// is nothing.
func (s *staging) cutTail(c *Chain, base chain.Position, index uint64) (string, error) {
	chainBucket := s.bucket(*c)
	batches := chainBucket.Bucket(batchesName)
	k, frame := batches.Cursor().Seek(seqKey(base.Seq + 1))
	if k == nil {
		return "", nil
	}
	first, err := parseBatch(c.Incarnation, k, frame)
	if err != nil {
		return "", err
	}
	t := Branch{Name: branchName(first.Span), Base: base, End: c.Held, Settled: index, Keys: keysFrom(c.Keys, base.Seq+1)}
	bucket, err := createStrand(s.branches(*c), t.Name)
	if err != nil {
		return "", err
	}
	if t.Bytes, err = moveBatches(bucket.Bucket(batchesName), batches, base.Seq); err != nil {
		return "", err
	}
	*c = c.with(t)
	c.Held, c.Keys = base, keysBefore(c.Keys, base.Seq)
	return t.Name, putBranch(bucket, t)
}

// graft moves a branch to the end of the chain.
func (s *staging) graft(c *Chain, b Branch) error {
	bucket, from := s.bucket(*c), s.branches(*c).Bucket([]byte(b.Name))
	_, err := moveBatches(bucket.Bucket(batchesName), from.Bucket(batchesName), b.Base.Seq)
	for _, k := range b.Keys {
		c.Keys = withKey(c.Keys, k.From, k.Key)
	}
	err = errors.Join(err,
		bucket.DeleteBucket(keysName), putKeys(bucket, c.Keys),
		bucket.Put(endKey, positionBytes(b.End)), s.branches(*c).DeleteBucket([]byte(b.Name)))
	*c = c.without(b.Name)
	c.Held, c.Key = b.End, c.Keys[len(c.Keys)-1].Key
	return err
}

// moveBatches takes the batches behind a sequence over as they are, and gives their size.
func moveBatches(to, from *bolt.Bucket, after uint64) (size uint64, err error) {
	to.FillPercent = batchFill
	var keys [][]byte
	cursor := from.Cursor()
	for k, v := cursor.Seek(seqKey(after + 1)); k != nil; k, v = cursor.Next() {
		keys, size = append(keys, slices.Clone(k)), size+uint64(len(v))
		if err := to.Put(k, v); err != nil {
			return size, err
		}
	}
	for _, k := range keys {
		if err := from.Delete(k); err != nil {
			return size, err
		}
	}
	return size, nil
}

// keysBefore are those that sign up to a sequence.
func keysBefore(keys []wire.Signer, seq uint64) []wire.Signer {
	return slices.DeleteFunc(slices.Clone(keys), func(k wire.Signer) bool { return k.From > seq })
}

// keysFrom are those that sign from a sequence on.
func keysFrom(keys []wire.Signer, seq uint64) (out []wire.Signer) {
	for i, k := range keys {
		until := uint64(math.MaxUint64)
		if i+1 < len(keys) {
			until = keys[i+1].From
		}
		if until > seq {
			out = append(out, wire.Signer{From: max(k.From, seq), Key: k.Key})
		}
	}
	return out
}
