package archive

import (
	"crypto/ed25519"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
)

// Office keeps what headquarters holds besides chains, in a bucket of the archive's file. It changes in the transaction
// of the entry that changes it, so it is as durable, as ordered and as replicated as the chains are.
type Office interface {
	// Apply takes one act. Nothing but the act and the bucket decides. A refusal is an answer and leaves no trace; an
	// error is of the disk.
	Apply(b *bolt.Bucket, index uint64, act []byte) (Answer, error)
	// Succeeds is whether a key may go on with a chain that another key signs: a re-made box was enrolled with it.
	Succeeds(b *bolt.Bucket, in chain.Incarnation, key ed25519.PublicKey) bool
}

// Answer is what an act came to.
type Answer struct {
	Refused string // why it was not done: a stable code; empty when it was
	Detail  string // of a refusal: what was wrong and what to do
	Body    []byte // what the act gives, in the act's own shape
}

func refuse(code, detail string) Answer { return Answer{Refused: code, Detail: detail} }

// act takes an act about chains itself and hands any other to the office. One that was applied before has no effect and no answer.
func (s *staging) act(e Entry) (Outcome, error) {
	if e.Index <= s.applied {
		return Outcome{}, nil
	}
	s.applied = e.Index
	if own, ok := ownActs[e.Act[0]]; ok {
		answer, err := own(s, e.Index, e.Act[1:])
		return Outcome{Answer: answer}, err
	}
	if s.archive.office == nil {
		return Outcome{Err: fmt.Errorf("%w: entry %d", ErrOffice, e.Index)}, nil
	}
	b, err := s.root.Tx().CreateBucketIfNotExists(officeName)
	if err != nil {
		return Outcome{}, fmt.Errorf("open the office: %w", err)
	}
	answer, err := s.archive.office.Apply(b, e.Index, e.Act)
	if err != nil {
		return Outcome{}, fmt.Errorf("act of entry %d: %w", e.Index, err)
	}
	return Outcome{Answer: answer}, nil
}

// ViewOffice shows the committed state of the office; b is nil before its first act. It is valid only inside look.
func (a *Archive) ViewOffice(look func(b *bolt.Bucket) error) error {
	return a.view(func(tx *bolt.Tx) error { return look(tx.Bucket(officeName)) })
}
