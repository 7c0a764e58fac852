package pack

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"markaz.example/edge/chain"
	"markaz.example/edge/ledger"
	packfile "markaz.example/edge/pack"
)

// Refused records that a version will not be used, and why.
type Refused struct {
	Name    string `cbor:"1,keyasint"`
	Version uint64 `cbor:"2,keyasint"`
	Digest  []byte `cbor:"3,keyasint"`
	Reason  string `cbor:"4,keyasint"` // a code of the list
	Detail  string `cbor:"5,keyasint"` // for whoever made the pack; may be empty
}

// The reasons.
const (
	ReasonOlder   = "older"   // not above what was active or offered
	ReasonKind    = "kind"    // nothing here can use it
	ReasonContent = "content" // fetched whole, twice, and not what was signed
	ReasonTry     = "try"     // tried on a copy, it did not do
)

// Kind is pack.refused/1.
func (Refused) Kind() chain.Kind { return "pack.refused/1" }

// Check reports a refusal without a reason.
func (e Refused) Check() error {
	errs := []error{checkVersion(e.Name, e.Version, e.Digest)}
	if e.Reason == "" || len(e.Reason) > reasonBytesMax {
		errs = append(errs, fmt.Errorf("reason of %d bytes: want 1 to %d", len(e.Reason), reasonBytesMax))
	}
	if len(e.Detail) > detailBytesMax || !utf8.ValidString(e.Detail) {
		errs = append(errs, fmt.Errorf("detail of %d bytes: want at most %d", len(e.Detail), detailBytesMax))
	}
	return errors.Join(errs...)
}

func (e Refused) project(v ledger.View, h chain.Header) error {
	return alter(v, e.Name, func(s *Series) error {
		if s.Offered != nil && s.Offered.is(e.Version, e.Digest) {
			s.Offered, s.Back = nil, false
		}
		s.Refusal = &Refusal{Version: e.Version, Reason: e.Reason, Detail: e.Detail, Seq: h.Seq}
		return nil
	})
}

// Refuse records why what was offered will not be used. It reports ErrOffer when something else was offered meanwhile.
func Refuse(tx *ledger.Tx, m packfile.Manifest, reason, detail string) error {
	if s, _ := Get(tx, m.Name); s.Offered == nil || !s.Offered.is(m.Version, m.Digest[:]) {
		return fmt.Errorf("refuse %s %d: %w", m.Name, m.Version, ErrOffer)
	}
	return tx.Append(m.Name, Refused{m.Name, m.Version, m.Digest[:], reason, short(detail)})
}

// short cuts a detail between two characters.
func short(s string) string {
	for len(s) > detailBytesMax || !utf8.ValidString(s) {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
	}
	return s
}
