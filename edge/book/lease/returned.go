package lease

import (
	"fmt"
	"time"

	"markaz.example/edge/chain"
	"markaz.example/edge/clock"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Returned records that what was not drawn of a lease goes back, for good.
type Returned struct {
	ID    id.Errand `cbor:"1,keyasint"`
	What  string    `cbor:"2,keyasint"`
	From  uint64    `cbor:"3,keyasint"` // the first number that goes back
	Count uint64    `cbor:"4,keyasint"` // to the end of the lease
}

// Kind is lease.returned/1.
func (Returned) Kind() chain.Kind { return "lease.returned/1" }

// Check reports numbers that no lease has.
func (e Returned) Check() error { return checkPart(e.ID, e.What, e.From, e.Count) }

func (e Returned) project(v ledger.View, _ chain.Header) error {
	l, ok := get(v.Reader, e.What, e.ID)
	if !ok || e.From != l.Next() || e.Count != l.Left() {
		return fmt.Errorf("%d of %s from %d went back of lease %s, which has %d from %d", e.Count, e.What, e.From, e.ID, l.Left(), l.Next())
	}
	return v.Delete(key(e.What, e.ID))
}

// Return gives back what is left of a lease.
func Return(tx *ledger.Tx, l Lease) error {
	return tx.Append(string(l.ID), Returned{l.ID, l.What, l.Next(), l.Left()})
}

// Expire gives back what is left of leases that ended longer than Margin ago, by a clock that knows.
func Expire(tx *ledger.Tx) error {
	for _, l := range Due(tx, tx.Now()) {
		if err := Return(tx, l); err != nil {
			return err
		}
	}
	return nil
}

// Due are leases that ended longer than Margin ago: none while the clock cannot be trusted.
func Due(src ledger.Source, now clock.Stamp) (out []Lease) {
	now.Wall -= int64(Margin / time.Millisecond)
	for _, l := range All(src) {
		if l.Over(now) && len(out) < returnsMax {
			out = append(out, l)
		}
	}
	return out
}
