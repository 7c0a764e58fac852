package lease

import (
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
	"markaz.example/edge/letter"
)

// ErrNone is reported by Draw when nothing of the kind is left here.
var ErrNone = errors.New("none is left of what headquarters lent")

// Drawn records that one number was given away; the record's subject is for whom.
type Drawn struct {
	ID     id.Errand `cbor:"1,keyasint"` // of the lease
	What   string    `cbor:"2,keyasint"`
	Number uint64    `cbor:"3,keyasint"`
}

// Kind is lease.drawn/1.
func (Drawn) Kind() chain.Kind { return "lease.drawn/1" }

// Check reports a number that no lease has.
func (e Drawn) Check() error { return checkPart(e.ID, e.What, e.Number, 1) }

func checkPart(lease id.Errand, what string, from, count uint64) error {
	var err error
	if from == 0 || count == 0 || from > letter.NumberMax || count > letter.CountMax {
		err = fmt.Errorf("%d numbers from %d: want 1 to %d of 1 to %d", count, from, letter.CountMax, letter.NumberMax)
	}
	return errors.Join(lease.Check(), letter.CheckWhat(what), err)
}

func (e Drawn) project(v ledger.View, h chain.Header) error {
	if err := remember(v, h.Seq, Given{e.What, e.Number, h.Subject}); err != nil {
		return err
	}
	l, ok := get(v.Reader, e.What, e.ID)
	if !ok || e.Number != l.Next() {
		return fmt.Errorf("%s %d was drawn of lease %s out of turn", e.What, e.Number, e.ID)
	}
	l.Drawn++
	if l.Left() == 0 {
		return v.Delete(key(e.What, e.ID))
	}
	return put(v, key(l.What, l.ID), l)
}

// Draw gives away the next number of a thing, of the lease that ends first. It reports ErrNone.
func Draw(tx *ledger.Tx, what, subject string) (uint64, error) {
	l, ok := first(tx, what, tx.Now())
	if !ok {
		return 0, fmt.Errorf("draw %s: %w", what, ErrNone)
	}
	return l.Next(), tx.Append(subject, Drawn{l.ID, what, l.Next()})
}

// Next is the number that Draw would give away; false when none is left.
func Next(src ledger.Source, what string, now clock.Stamp) (uint64, bool) {
	l, ok := first(src, what, now)
	return l.Next(), ok
}

// first is the lease that ends first.
func first(src ledger.Source, what string, now clock.Stamp) (out Lease, ok bool) {
	for _, l := range Of(src, what) {
		if !l.Over(now) && (!ok || l.Until < out.Until) {
			out, ok = l, true
		}
	}
	return out, ok
}

// Over says that a lease has ended, by a clock that knows.
func (l Lease) Over(now clock.Stamp) bool { return now.Grade >= clock.Network && now.Wall > l.Until }
