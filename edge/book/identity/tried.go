package identity

import (
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Tried records one finger on one reader. The record's subject is the visit.
type Tried struct {
	Desk    id.Desk `cbor:"1,keyasint"`
	Stop    uint8   `cbor:"2,keyasint"` // index of the stop being served
	Device  string  `cbor:"3,keyasint"` // the reader's name: "finger/desk-a"
	Finger  string  `cbor:"4,keyasint"` // "right-index"
	Result  Result  `cbor:"5,keyasint"`
	Quality uint8   `cbor:"6,keyasint"` // 0 to 100; 0 when there was no picture
}

// Kind is identity.tried/1.
func (Tried) Kind() chain.Kind { return "identity.tried/1" }

// Check reports a desk, reader, finger or result that cannot be.
func (e Tried) Check() error {
	var faults []error
	if e.Stop >= stopsMax {
		faults = append(faults, fmt.Errorf("stop %d: a visit has %d at most", e.Stop, stopsMax))
	}
	if e.Device == "" || len(e.Device) > deviceBytesMax {
		faults = append(faults, fmt.Errorf("a reader's name of %d bytes: want 1 to %d", len(e.Device), deviceBytesMax))
	}
	if !fingers[e.Finger] {
		faults = append(faults, fmt.Errorf("finger %q is none of the ten", e.Finger))
	}
	if !results[e.Result] {
		faults = append(faults, fmt.Errorf("result %q is not known", e.Result))
	}
	if e.Quality > qualityMax {
		faults = append(faults, fmt.Errorf("quality %d: want 0 to %d", e.Quality, qualityMax))
	}
	return errors.Join(append(faults, e.Desk.Check())...)
}

func (e Tried) project(v ledger.View, h chain.Header) error {
	return alter(v, h, e.Stop, e.Desk, func(c *Check) {
		c.Tried = c.count(e.Finger, e.Result)
		c.Tries, c.Last, c.Quality = c.Tries+1, e.Result, e.Quality
		if e.Result == Taken {
			c.State = StatePassed
		}
	})
}

// Try records a finger. It reports ErrSettled once the check is settled, ErrTries after too many, or what Check finds.
func Try(tx *ledger.Tx, v id.Visit, e Tried) error {
	c, err := open(tx, v, e.Stop)
	if err != nil {
		return err
	}
	if c.Tries >= triesMax {
		return fmt.Errorf("visit %s: %w", v, ErrTries)
	}
	return tx.Append(string(v), e)
}
