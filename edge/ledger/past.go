package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"markaz.example/edge/block"
	"markaz.example/edge/chain"
)

// Past is what a ledger has of an incarnation that was succeeded, for whoever sends it: it looks like a ledger that has
// ended. Any goroutine may call it.
type Past struct {
	ledger *Ledger
	number int
}

// Unsent are those of the ledger's ancestors that headquarters is not known to hold as far as they go here, eldest first.
// What comes behind them waits: headquarters takes a successor only where it has what that goes on after.
func (l *Ledger) Unsent() (out []*Past) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, a := range l.lineage.ancestors {
		if a.held < a.End.Seq {
			out = append(out, &Past{l, i})
		}
	}
	return out
}

func (p *Past) ancestor() ancestor { return p.ledger.lineage.ancestors[p.number] }

// Incarnation is the one that was succeeded.
func (p *Past) Incarnation() chain.Incarnation { return p.ancestor().In }

// Acknowledged is its last record here.
func (p *Past) Acknowledged() chain.Position { return p.ancestor().End }

// Changed is closed when the ledger stops: nothing is added to the past.
func (p *Past) Changed() <-chan struct{} { return p.ledger.stopped }

// HashAt is as Ledger.HashAt, for records up to the end.
func (p *Past) HashAt(seq uint64) (chain.Hash, error) {
	a := p.ancestor()
	switch {
	case seq == a.In.After:
		return a.In.Genesis(), nil
	case seq > a.End.Seq:
		return chain.Hash{}, fmt.Errorf("record %d of %s is not here: it ends with %d", seq, a.In, a.End.Seq)
	}
	at, err := p.ledger.positionAt(context.Background(), seq)
	return at.Hash, err
}

// Read is as Ledger.Read, for records up to the end.
func (p *Past) Read(after uint64, limitBytes int) ([][]byte, error) {
	records, err := p.ledger.Read(after, limitBytes)
	left := p.Acknowledged().Seq - min(after, p.Acknowledged().Seq)
	return records[:min(uint64(len(records)), left)], err
}

// Sealed is as Ledger.Sealed: no block goes past the end of an incarnation.
func (p *Past) Sealed(after uint64) (block.Sealed, bool, error) { return p.ledger.Sealed(after) }

// Held is what headquarters is known to hold of it.
func (p *Past) Held() uint64 {
	p.ledger.mu.Lock()
	defer p.ledger.mu.Unlock()
	return p.ancestor().held
}

// Confirm is as Ledger.Confirm.
func (p *Past) Confirm(held chain.Position) error {
	l := p.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	a := &l.lineage.ancestors[p.number]
	if held.Seq > a.End.Seq {
		return fmt.Errorf("headquarters claims record %d of %s, the last here is %d", held.Seq, a.In, a.End.Seq)
	}
	a.held = max(a.held, held.Seq)
	return nil
}

// putAncestors saves what headquarters holds of them, when that has moved.
func (w *writing) putAncestors(tx *bolt.Tx) error {
	l := w.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	var errs []error
	for _, a := range l.lineage.ancestors {
		if b := tx.Bucket(ancestorsName); !bytes.Equal(b.Get(seqKey(a.End.Seq)), a.row()) {
			errs = append(errs, putAncestor(tx, a))
		}
	}
	return errors.Join(errs...)
}

// heldUpTo is the record up to which headquarters is known to hold everything: nothing behind it may be forgotten.
func (l *Ledger) heldUpTo() uint64 {
	if unsent := l.Unsent(); len(unsent) > 0 {
		return unsent[0].Held()
	}
	return l.Confirmed().Seq
}
