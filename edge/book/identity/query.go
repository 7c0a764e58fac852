package identity

import (
	"errors"
	"fmt"

	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// What decisions report when the state does not allow them.
var (
	ErrSettled = errors.New("the identity check of this stop is settled")
	ErrTries   = errors.New("too many fingers were tried")
	ErrTaken   = errors.New("the reference is in use")
)

// Of is the check of a stop; one that is open and empty when nothing was recorded.
func Of(src ledger.Source, v id.Visit, stop uint8) Check {
	return read(src.Reader(Name), v, stop)
}

// ByCase is the check whose case has a reference.
func ByCase(src ledger.Source, c id.Case) (check Check, ok bool) {
	r := src.Reader(Name)
	key := r.Get(caseKey(c))
	if key == nil {
		return Check{}, false
	}
	return check, get(r, key, &check)
}

// CheckReason reports a reason that is not a code of 1 to 32 letters a-z, digits and hyphens.
func CheckReason(s string) error {
	if s == "" || len(s) > wordBytesMax {
		return fmt.Errorf("a reason of %d bytes: want 1 to %d", len(s), wordBytesMax)
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return fmt.Errorf("reason %q: want letters a-z, digits and hyphens", s)
		}
	}
	return nil
}

// open is a check that is not settled. It reports ErrSettled.
func open(tx *ledger.Tx, v id.Visit, stop uint8) (Check, error) {
	c := Of(tx, v, stop)
	if c.State != StateOpen {
		return c, fmt.Errorf("visit %s, stop %d is %s: %w", v, stop, c.State, ErrSettled)
	}
	return c, nil
}
