package ledger

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/durable"
	"markaz.example/edge/witness"
)

// What Open reports when the file is whole and is not what the box last had. Which of them, and what of package witness is
// in it, is as much as can be told from here; nothing was written.
var (
	// ErrBehind: records that were acknowledged are not in the file: witness.ErrHeld, witness.ErrOlder or witness.ErrLost.
	ErrBehind = errors.New("the ledger lacks records that were acknowledged; the box does not go on with it by itself")
	// ErrOther: another history stands in the file: witness.ErrDiffers or witness.ErrStrange.
	ErrOther = errors.New("this is not the ledger that the box last kept; the box does not go on with it by itself")
)

// wayOut is what a person can do about either.
const wayOut = "put the right file back; or let this one go on as an older state, in a new incarnation: markaz restore --here --reason TEXT; or read the chain back from headquarters, who hold a copy of what was sent: markaz enrol --replace, then markaz restore"

// compare reads the witness, before anything is written, and judges the file by it. Boot is the newest record's.
func (l *Ledger) compare(boot uint64) error {
	w, said, ok, err := witness.Open(l.path, l.syncs.Add)
	l.witness = w
	spoilt, _ := durable.SpoiltHeaders(l.path) // that it cannot be read was said by whoever opened it
	if spoilt > 0 {
		l.log.Warn("one of the ledger file's two headers is damaged: the commit before the last may be what is there", "seq", l.head.Seq)
	}
	l.care.spoilt, l.care.witness = spoilt, err
	if err != nil || !ok {
		return nil // an unreadable witness says nothing; that is shown
	}
	err = said.Judge(witness.Found{
		Of: l.witnessed(), Boot: boot, Head: l.head.Seq,
		At:      func(seq uint64) ([32]byte, error) { h, err := l.HashAt(seq); return h, err },
		Unknown: func(err error) bool { return errors.Is(err, ErrPruned) },
	})
	return explain(err, spoilt)
}

// explain says what has happened, as far as it can be told, and what to do.
func explain(err error, spoilt int) error {
	what := ErrBehind
	switch {
	case err == nil:
		return nil
	case errors.Is(err, witness.ErrDiffers), errors.Is(err, witness.ErrStrange):
		what = ErrOther
	case spoilt > 0:
		err = fmt.Errorf("%w; one of the file's two headers is damaged, which undoes the last commit", err)
	}
	return fmt.Errorf("%w: %w; %s", what, err, wayOut)
}

// witnessed names this chain for a witness.
func (l *Ledger) witnessed() [32]byte {
	g := l.in.Genesis()
	return sha256.Sum256(append([]byte("ledger"), g[:]...))
}

// testify writes what was acknowledged and what headquarters holds, if that has moved, or always while syncs are measured.
func (l *Ledger) testify(always bool) {
	head, held := l.Acknowledged(), l.Confirmed()
	if l.Failed() != nil || !always && head == l.care.head && held == l.care.held {
		return
	}
	err := l.witness.Write(witness.Testimony{
		Of: l.witnessed(), Boot: l.boot, Head: mark(head), Held: mark(held),
	})
	if l.note(err); err != nil {
		l.log.Warn("the head's witness was not written", "seq", head.Seq, "err", err)
		return
	}
	l.care.head, l.care.held = head, held
}

func mark(p chain.Position) witness.Mark {
	if p.Seq == 0 {
		return witness.Mark{}
	}
	return witness.Mark{Seq: p.Seq, Hash: p.Hash}
}

// tend keeps the witness, the ballast and the file's blocks beside the writer, until the context ends.
func (l *Ledger) tend(ctx context.Context) {
	tick := time.NewTicker(tendEvery)
	defer tick.Stop()
	for n := 0; ; n++ {
		l.look()
		l.testify(n < syncsMeasured)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Forget removes the witness of a ledger file, and what was found when it was walked through, by a person's word that the file
// as it is is the one to go on with, or because another takes its place. Nothing then tells an older copy from the newest.
func Forget(path string) error {
	if err := os.Remove(path + patrolSuffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forget how far %s was verified: %w", path, err)
	}
	return witness.Forget(path)
}
