package visit

import (
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Finished records that a stop was served. The next stop is waiting from here on; after the last the visit is done.
type Finished struct {
	Desk    id.Desk `cbor:"1,keyasint"`
	Stop    uint8   `cbor:"2,keyasint"` // index in Opened.Stops
	Outcome string  `cbor:"3,keyasint"` // a code of the service: "done", "papers-missing"
}

// Kind is visit.finished/1.
func (Finished) Kind() chain.Kind { return "visit.finished/1" }

// Check reports a desk, stop or outcome that cannot be.
func (e Finished) Check() error {
	return errors.Join(checkAt(e.Desk, e.Stop), CheckWord(e.Outcome))
}

// CheckWord reports an outcome or reason that is not a code of 1 to 32 letters a-z, digits and hyphens.
func CheckWord(s string) error {
	if s == "" || len(s) > wordBytesMax {
		return fmt.Errorf("a code of %d bytes: want 1 to %d", len(s), wordBytesMax)
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return fmt.Errorf("code %q: want letters a-z, digits and hyphens", s)
		}
	}
	return nil
}

func (e Finished) project(v ledger.View, h chain.Header) error {
	return alter(v, h, func(after *Visit) {
		after.enter(StateDone, h).Outcome = e.Outcome
		if after.Over() {
			after.Settled = momentOf(h)
			return
		}
		after.enter(StateWaiting, h)
	})
}

// Finish ends the stop that the desk is serving. It reports ErrNobody, ErrState, or what Check finds.
func Finish(tx *ledger.Tx, d id.Desk, outcome string) error {
	v, err := inHand(tx, d, StateServing)
	if err != nil {
		return err
	}
	return tx.Append(string(v.ID), Finished{Desk: d, Stop: uint8(v.At()), Outcome: outcome})
}
