package pack

import (
	"errors"

	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
	"markaz.example/edge/letter"
	packfile "markaz.example/edge/pack"
)

// ErrOffer is reported for a version that is not the one on offer.
var ErrOffer = errors.New("another version was offered meanwhile")

func projectOffered(c letter.PackOffered, v ledger.View, h chain.Header) error {
	return offer(v, h, c.Signed(), false)
}

func projectRolledBack(c letter.PackRolledBack, v ledger.View, h chain.Header) error {
	return offer(v, h, c.Signed(), true)
}

// offer puts a version in the place of any other that waits.
func offer(v ledger.View, h chain.Header, s packfile.Signed, back bool) error {
	m, err := s.Read()
	if err != nil {
		return err
	}
	return alter(v, m.Name, func(series *Series) error {
		series.Offered, series.Back = &Version{
			Version: m.Version, Kind: m.Kind, Size: m.Size, Digest: m.Digest[:], Made: m.Wall, Seq: h.Seq, Wall: h.Stamp.Wall,
		}, back
		return nil
	})
}

// Offer records an offer, or refuses one whose version is not above all that were active or offered. The signature has
// been looked at.
func Offer(tx *ledger.Tx, c letter.PackOffered, m packfile.Manifest) error {
	s, _ := Get(tx, m.Name)
	high := s.High
	if s.Offered != nil && !s.Back {
		high = max(high, s.Offered.Version)
	}
	if m.Version <= high {
		return tx.Append(m.Name, Refused{Name: m.Name, Version: m.Version, Digest: m.Digest[:], Reason: ReasonOlder})
	}
	return tx.Append(m.Name, c)
}

// RollBack records an order to go back. It is obeyed whatever is active.
func RollBack(tx *ledger.Tx, c letter.PackRolledBack, m packfile.Manifest) error {
	return tx.Append(m.Name, c)
}
