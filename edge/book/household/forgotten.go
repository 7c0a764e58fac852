package household

import (
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Forgotten records that a household's key is deleted. The record's subject is the household.
type Forgotten struct {
	Reason string `cbor:"1,keyasint"` // a code: "asked", "retention"
}

// Kind is household.forgotten/1.
func (Forgotten) Kind() chain.Kind { return "household.forgotten/1" }

// Check reports a reason that is no code.
func (e Forgotten) Check() error {
	if e.Reason == "" || len(e.Reason) > wordBytesMax {
		return fmt.Errorf("a reason of %d bytes: want 1 to %d", len(e.Reason), wordBytesMax)
	}
	for _, c := range []byte(e.Reason) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return errors.New("a reason has other characters than a-z, digits and hyphens")
		}
	}
	return nil
}

func (e Forgotten) project(v ledger.View, h chain.Header) error {
	of, _ := read(v.Reader, id.Household(h.Subject))
	of.Forgotten = true
	return put(v, of)
}

// Forget records that a household is forgotten. It reports ErrUnknown, ErrForgotten, or what Check finds.
func Forget(tx *ledger.Tx, h id.Household, e Forgotten) error {
	switch of, ok := Get(tx, h); {
	case !ok:
		return fmt.Errorf("household %q: %w", h, ErrUnknown)
	case of.Forgotten:
		return fmt.Errorf("household %s: %w", h, ErrForgotten)
	}
	return tx.Append(string(h), e)
}
