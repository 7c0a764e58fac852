package archive

import (
	"crypto/sha256"
	"errors"

	"markaz.example/edge/disk"
	"markaz.example/edge/witness"
)

// ErrOther is reported when the archive is not the one whose witness lies beside it: at the very entry that was applied last, its
// chains stand elsewhere.
var ErrOther = errors.New("the archive is not the one that headquarters last kept: put the right archive.db back, or copy it with the raft log from another node")

// witnessOf names an archive for its witness: a headquarters has one.
var witnessOf = sha256.Sum256([]byte("archive"))

// compare judges an archive by its witness. One that is behind may be brought up by the raft log: Witnessed tells how far.
func (a *Archive) compare(path string) error {
	w, said, ok, err := witness.Open(path, a.syncs.Add)
	a.witness = w
	if err != nil || !ok { // what cannot be read says nothing, and is written anew
		return nil
	}
	a.witnessed, a.said = said.Head.Seq, said.Head
	if said.Of != witnessOf || said.Head.Seq == a.applied && said.Head.Hash != a.standing() {
		return ErrOther
	}
	return nil
}

// standing is a hash over how every chain stands.
func (a *Archive) standing() (h [32]byte) {
	sum := sha256.New()
	for _, c := range a.Chains() {
		sum.Write([]byte(c.Incarnation.String()))
		sum.Write(seqKey(c.Held.Seq))
		sum.Write(c.Held.Hash[:])
	}
	sum.Sum(h[:0])
	return h
}

// Witnessed is the newest raft entry that the archive is known to have applied before it was opened.
func (a *Archive) Witnessed() uint64 { return a.witnessed }

// Syncs tells how long the archive's volume takes to make something permanent.
func (a *Archive) Syncs() disk.Summary { return a.syncs.Summary() }

// Testify writes how far the archive has come to its witness, if that has moved. One goroutine may call it. It says nothing
// while the archive is behind what was said before, and after a commit of unknown outcome.
func (a *Archive) Testify() error {
	for a.Failed() == nil {
		applied := a.Applied()
		head := witness.Mark{Seq: applied, Hash: a.standing()}
		if a.Applied() != applied {
			continue // an entry came in between
		}
		if head.Seq < a.said.Seq || head == a.said {
			return nil
		}
		if err := a.witness.Write(witness.Testimony{Of: witnessOf, Head: head}); err != nil {
			return err
		}
		a.said = head
		return nil
	}
	return nil
}
