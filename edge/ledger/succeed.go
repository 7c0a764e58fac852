package ledger

import (
	"crypto/rand"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/chain"
)

// What Succeed reports besides what Open does.
var (
	ErrNothing = errors.New("this ledger has no record of its own yet: there is nothing to go on after")
	ErrReason  = fmt.Errorf("say why, in 1 to %d bytes", chain.ReasonBytesMax)
)

// Handover is how a ledger was put into a new incarnation.
type Handover struct {
	From chain.Incarnation
	End  chain.Position // its last record here
	To   chain.Incarnation
	Held uint64 // headquarters is known to hold the old one up to this record
}

// Succeed puts a closed ledger into a new incarnation that goes on behind its newest record: the file is an older state of
// itself, and the old incarnation may have had later records that it does not know. Nothing that is here is changed.
// Who opens the file next records it first of all. Done twice in a row it is done once.
func Succeed(path, why string) (Handover, error) {
	if why == "" || len(why) > chain.ReasonBytesMax || !utf8.ValidString(why) {
		return Handover{}, ErrReason
	}
	l, err := open(path, Options{}, false)
	if err != nil {
		return Handover{}, err
	}
	done, err := l.succeed(why)
	if err == nil {
		err = Forget(path) // its witness tells of the old one
	}
	if err != nil {
		err = fmt.Errorf("put %s into a new incarnation: %w", path, err)
	}
	return done, errors.Join(err, l.db.Close())
}

func (l *Ledger) succeed(why string) (Handover, error) {
	if n := len(l.lineage.ancestors); n > 0 && l.head == l.in.Start() {
		a := l.lineage.ancestors[n-1]
		return Handover{a.In, a.End, l.in, a.held}, nil // a cut came behind the commit
	}
	if l.head == l.in.Start() {
		return Handover{}, ErrNothing
	}
	if _, _, err := l.checkTail(time.Time{}); err != nil {
		return Handover{}, err
	}
	old := ancestor{In: l.in, End: l.head, Why: why, held: min(l.confirmed.Seq, l.head.Seq)}
	next := chain.Incarnation{Centre: l.in.Centre, After: l.head.Seq}
	if _, err := rand.Read(next.Nonce[:]); err != nil {
		return Handover{}, err
	}
	err := l.db.Update(func(tx *bolt.Tx) error { return errors.Join(putAncestor(tx, old), putOwn(tx, next)) })
	return Handover{old.In, old.End, next, old.held}, store.CommitError(err)
}

func putAncestor(tx *bolt.Tx, a ancestor) error {
	b, err := tx.CreateBucketIfNotExists(ancestorsName)
	if err != nil {
		return err
	}
	return b.Put(seqKey(a.End.Seq), a.row())
}

// putOwn makes the incarnation the file's own, of which headquarters holds nothing.
func putOwn(tx *bolt.Tx, in chain.Incarnation) error {
	meta := tx.Bucket(metaName)
	return errors.Join(
		raiseFormat(tx, formatLineage),
		meta.Put(incarnationKey, append(in.Nonce[:], in.Centre...)),
		meta.Put(afterKey, seqKey(in.After)),
		meta.Delete(confirmedKey),
	)
}

// succession is what a successor's first record says; false when there is none to be written.
func (l *Ledger) succession() (Succeeded, bool) {
	n := len(l.lineage.ancestors)
	if n == 0 || l.head != l.in.Start() {
		return Succeeded{}, false
	}
	a := l.lineage.ancestors[n-1]
	return Succeeded{Ancestor: a.In.String(), Last: a.End.Seq, Hash: a.End.Hash[:], Reason: a.Why}, true
}

// Ancestor is an incarnation that this ledger goes on after.
type Ancestor struct {
	In   chain.Incarnation
	End  chain.Position // its last record here
	Held uint64         // headquarters is known to hold it up to this record
	Why  string
}

// Ancestors are the incarnations that came before the ledger's own, eldest first.
func (l *Ledger) Ancestors() []Ancestor {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Ancestor, 0, len(l.lineage.ancestors))
	for _, a := range l.lineage.ancestors {
		out = append(out, Ancestor{a.In, a.End, a.held, a.Why})
	}
	return out
}

// InOf is the incarnation that a record belongs to.
func (l *Ledger) InOf(seq uint64) chain.Incarnation { return l.lineage.of(seq) }
