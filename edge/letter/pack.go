package letter

import (
	"errors"

	"markaz.example/edge/chain"
	"markaz.example/edge/pack"
)

// PackOffered says that there is a pack for the centre. The box fetches it, tries it, and makes it active if its version
// is above every one that it had.
type PackOffered struct {
	Manifest  []byte `cbor:"1,keyasint"` // as pack.Sign gives it
	Signature []byte `cbor:"2,keyasint"`
}

// PackRolledBack orders the box back to an older version: the only way to one.
type PackRolledBack struct {
	Manifest  []byte `cbor:"1,keyasint"` // of the version to go back to
	Signature []byte `cbor:"2,keyasint"`
}

// Kind is pack.offered/1.
func (PackOffered) Kind() chain.Kind { return "pack.offered/1" }

// Kind is pack.rolled-back/1.
func (PackRolledBack) Kind() chain.Kind { return "pack.rolled-back/1" }

// Signed is the manifest with its signature.
func (c PackOffered) Signed() pack.Signed { return pack.Signed(c) }

// Signed is the manifest with its signature.
func (c PackRolledBack) Signed() pack.Signed { return pack.Signed(c) }

// Check reports a manifest that cannot be read.
func (c PackOffered) Check() error { return checkSigned(c.Signed()) }

// Check reports a manifest that cannot be read.
func (c PackRolledBack) Check() error { return checkSigned(c.Signed()) }

func checkSigned(s pack.Signed) error {
	_, err := s.Read()
	if len(s.Signature) == 0 {
		err = errors.Join(err, errors.New("a pack without a signature"))
	}
	return err
}
