package pack

import (
	"errors"
	"fmt"

	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
	packfile "markaz.example/edge/pack"
)

// Activated records that a version is in use from here on.
type Activated struct {
	Name    string `cbor:"1,keyasint"`
	Version uint64 `cbor:"2,keyasint"`
	Digest  []byte `cbor:"3,keyasint"` // of the content
}

// Kind is pack.activated/1.
func (Activated) Kind() chain.Kind { return "pack.activated/1" }

// Check reports a version that has no name.
func (e Activated) Check() error { return checkVersion(e.Name, e.Version, e.Digest) }

func checkVersion(name string, version uint64, digest []byte) error {
	switch {
	case name == "" || len(name) > nameBytesMax:
		return fmt.Errorf("name of %d bytes: want 1 to %d", len(name), nameBytesMax)
	case version == 0:
		return errors.New("version 0, the first is 1")
	case len(digest) != digestBytes:
		return fmt.Errorf("digest of %d bytes, want %d", len(digest), digestBytes)
	}
	return nil
}

func (e Activated) project(v ledger.View, h chain.Header) error {
	return alter(v, e.Name, func(s *Series) error {
		if s.Offered == nil || !s.Offered.is(e.Version, e.Digest) {
			return fmt.Errorf("%s %d is active and was not offered", e.Name, e.Version)
		}
		if s.Active != nil && !s.Active.is(e.Version, e.Digest) {
			s.Previous = s.Active
		}
		s.Active, s.Offered, s.Back = s.Offered, nil, false
		s.Active.Seq, s.Active.Wall = h.Seq, h.Stamp.Wall
		s.High = max(s.High, e.Version)
		return nil
	})
}

// Activate records that what was offered is in use. It reports ErrOffer when something else was offered meanwhile.
func Activate(tx *ledger.Tx, m packfile.Manifest) error {
	if s, _ := Get(tx, m.Name); s.Offered == nil || !s.Offered.is(m.Version, m.Digest[:]) {
		return fmt.Errorf("activate %s %d: %w", m.Name, m.Version, ErrOffer)
	}
	return tx.Append(m.Name, Activated{m.Name, m.Version, m.Digest[:]})
}
