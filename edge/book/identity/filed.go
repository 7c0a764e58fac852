package identity

import (
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/id"
	"markaz.example/edge/ledger"
)

// Filed records that a case was filed because no finger could be read. The person gets its reference on paper.
type Filed struct {
	Desk   id.Desk `cbor:"1,keyasint"`
	Stop   uint8   `cbor:"2,keyasint"`
	Case   id.Case `cbor:"3,keyasint"`
	Reason string  `cbor:"4,keyasint"` // a code, as of Excepted
}

// Kind is identity.filed/1.
func (Filed) Kind() chain.Kind { return "identity.filed/1" }

// Check reports a desk, reference or reason that cannot be.
func (e Filed) Check() error {
	return errors.Join(e.Desk.Check(), e.Case.Check(), CheckReason(e.Reason))
}

func (e Filed) project(v ledger.View, h chain.Header) error {
	if err := v.Put(caseKey(e.Case), checkKey(id.Visit(h.Subject), e.Stop)); err != nil {
		return err
	}
	return alter(v, h, e.Stop, e.Desk, func(c *Check) { c.State, c.Reason, c.Case = StateFiled, e.Reason, e.Case })
}

// File files a case for a stop. It reports ErrSettled, ErrTaken for a reference that is in use, or what Check finds.
func File(tx *ledger.Tx, v id.Visit, e Filed) error {
	if _, err := open(tx, v, e.Stop); err != nil {
		return err
	}
	if _, taken := ByCase(tx, e.Case); taken {
		return fmt.Errorf("case %s: %w", e.Case, ErrTaken)
	}
	return tx.Append(string(v), e)
}
