package archive

import (
	"encoding/binary"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
	"markaz.example/sync/wire"
)

// RefusedNoChain is the answer to the names of records of a chain of which nothing is held yet.
const RefusedNoChain = "no-chain"

// ErrOdd is reported by NameOdd for a list that no archive could take.
var ErrOdd = errors.New("a list of odd records has 1 to 64 of them, each with a place and a reason")

type oddForm struct {
	Chain string    `cbor:"1,keyasint"`
	Odd   []oddPair `cbor:"2,keyasint"`
}

type oddPair struct {
	_      struct{} `cbor:",toarray"`
	Seq    uint64
	Reason string
}

type oddAct struct {
	in  chain.Incarnation
	odd []wire.Odd
}

// NameOdd is the act by which a node names records of a chain, or of its branches, that it cannot decode. It is proposed
// before the batch they are in, so that none is held without being named, but for the first batch of a chain. Versions may differ over what is odd and
// why: the list is in the act, and every node files the same.
func NameOdd(in chain.Incarnation, odd []wire.Odd) ([]byte, error) {
	act := oddAct{in, odd}
	if err := act.check(); err != nil {
		return nil, err
	}
	f := oddForm{Chain: in.String()}
	for _, o := range odd {
		f.Odd = append(f.Odd, oddPair{Seq: o.Seq, Reason: o.Reason})
	}
	return encodeAct(tagOdd, f)
}

func (f oddForm) act() (a oddAct, err error) {
	if a.in, err = parseIncarnation(f.Chain); err != nil {
		return a, err
	}
	for _, o := range f.Odd {
		a.odd = append(a.odd, wire.NewOdd(o.Seq, o.Reason))
	}
	return a, a.check()
}

func (a oddAct) check() error {
	if len(a.odd) == 0 || len(a.odd) > wire.OddMax || a.in.Centre.Check() != nil {
		return fmt.Errorf("%w: %d of %s", ErrOdd, len(a.odd), a.in)
	}
	for _, o := range a.odd {
		if o.Seq == 0 || o.Reason == "" || len(o.Reason) > wire.ReasonBytesMax {
			return fmt.Errorf("%w: record %d, reason of %d bytes", ErrOdd, o.Seq, len(o.Reason))
		}
	}
	return nil
}

// nameOdd applies the act. The first reason of a record stays, and past oddMax no more are named.
func (s *staging) nameOdd(_ uint64, body []byte) (Answer, error) {
	act, err := decodeAct(body, oddForm.act)
	if err != nil {
		return refuse(RefusedShape, err.Error()), nil
	}
	c, known := s.chain(act.in)
	if !known {
		return refuse(RefusedNoChain, "nothing is held of "+act.in.String()+" yet: name its records once something is"), nil
	}
	names, err := s.bucket(c).CreateBucketIfNotExists(oddName)
	for _, o := range act.odd {
		if err != nil || c.Odd >= oddMax || names.Get(seqKey(o.Seq)) != nil {
			continue
		}
		c.Odd++
		err = names.Put(seqKey(o.Seq), []byte(o.Reason))
	}
	if err != nil {
		return Answer{}, fmt.Errorf("name odd records of %s: %w", c.Incarnation, err)
	}
	s.chains[c.Incarnation] = c
	return Answer{}, nil
}

// Odd are the records of a chain, and of its branches, that a node could not decode when they came. Records gives them
// as they are.
func (a *Archive) Odd(in chain.Incarnation) (out []wire.Odd, err error) {
	err = a.view(func(tx *bolt.Tx) error {
		b := tx.Bucket(chainsName).Bucket([]byte(in.String()))
		if b == nil || b.Bucket(oddName) == nil {
			return nil
		}
		return b.Bucket(oddName).ForEach(func(seq, reason []byte) error {
			if len(seq) != 8 {
				return fmt.Errorf("%w: odd record filed as %x", ErrDamaged, seq)
			}
			out = append(out, wire.NewOdd(binary.BigEndian.Uint64(seq), string(reason)))
			return nil
		})
	})
	return out, err
}
