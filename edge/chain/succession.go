package chain

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// KindSucceeded is the kind of a successor's first record. Its body is a Succession.
const KindSucceeded Kind = "ledger.succeeded/1"

// ErrSuccession is reported for a record that does not say what a successor's first must.
var ErrSuccession = errors.New("the record does not say whom its chain succeeds")

// Succession says whose records an incarnation goes on after: the box was put back from an older state, and the ancestor
// may have gone on with records that this box does not know. It binds the new chain to the old one's hash.
type Succession struct {
	Of  string `cbor:"1,keyasint"` // the ancestor: an incarnation as text
	Seq uint64 `cbor:"2,keyasint"` // its last record that the successor has
	At  []byte `cbor:"3,keyasint"` // hash of that record, 32 bytes
	Why string `cbor:"4,keyasint"` // a person's words; 1 to 1,024 bytes
}

// Check reports ErrSuccession.
func (s Succession) Check() error {
	in, err := ParseIncarnation(s.Of)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrSuccession, err)
	case s.Seq == 0 || s.Seq <= in.After:
		return fmt.Errorf("%w: record %d is none of %s", ErrSuccession, s.Seq, s.Of)
	case len(s.At) != len(Hash{}):
		return fmt.Errorf("%w: a hash of %d bytes", ErrSuccession, len(s.At))
	case s.Why == "" || len(s.Why) > WhyBytesMax || !utf8.ValidString(s.Why):
		return fmt.Errorf("%w: a reason of %d bytes, want 1 to %d", ErrSuccession, len(s.Why), WhyBytesMax)
	}
	return nil
}

// Ancestor is the incarnation that is succeeded, and its record that the successor follows.
func (s Succession) Ancestor() (Incarnation, Position, error) {
	if err := s.Check(); err != nil {
		return Incarnation{}, Position{}, err
	}
	in, err := ParseIncarnation(s.Of)
	return in, Position{Seq: s.Seq, Hash: Hash(s.At)}, err
}

// ReadSuccession reads the first record of a successor. It reports ErrSuccession for any other, and what Decode does.
func ReadSuccession(in Incarnation, stored []byte) (s Succession, err error) {
	r, err := Decode(stored)
	if err != nil {
		return s, err
	}
	if r.Kind != KindSucceeded || r.Seq != in.After+1 {
		return s, fmt.Errorf("%w: record %d is %s", ErrSuccession, r.Seq, r.Kind)
	}
	if err := DecodeBody(r.Body, &s); err != nil {
		return s, err
	}
	of, at, err := s.Ancestor()
	if err == nil && (of.Centre != in.Centre || at.Seq != in.After || of == in) {
		err = fmt.Errorf("%w: %s cannot go on after record %d of %s", ErrSuccession, in, at.Seq, of)
	}
	return s, err
}
