package letter

import (
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
)

// LeaseGranted lends a centre some numbers of a pool: beds, seats, slots. What it does not draw it gives back.
type LeaseGranted struct {
	ID    id.Errand `cbor:"1,keyasint"`
	What  string    `cbor:"2,keyasint"` // the pool
	From  uint64    `cbor:"3,keyasint"` // the first number, from 1
	Count uint64    `cbor:"4,keyasint"` // how many, one after the other
	Until int64     `cbor:"5,keyasint"` // milliseconds since 1970 UTC
	Nonce []byte    `cbor:"6,keyasint"` // the nonce of the chain it is granted to: another chain of the centre must not draw it again
}

// Kind is lease.granted/1.
func (LeaseGranted) Kind() chain.Kind { return "lease.granted/1" }

// Check reports numbers that no pool has.
func (c LeaseGranted) Check() error {
	errs := []error{c.ID.Check(), CheckWhat(c.What)}
	if c.From == 0 || c.Count == 0 || c.Count > CountMax || c.From > NumberMax || c.From+c.Count-1 > NumberMax {
		errs = append(errs, fmt.Errorf("%d numbers from %d: want 1 to %d of 1 to %d", c.Count, c.From, CountMax, NumberMax))
	}
	if c.Until <= 0 {
		errs = append(errs, errors.New("a lease without an end"))
	}
	if len(c.Nonce) != chain.NonceBytes {
		errs = append(errs, fmt.Errorf("chain of %d bytes, want %d", len(c.Nonce), chain.NonceBytes))
	}
	return errors.Join(errs...)
}
