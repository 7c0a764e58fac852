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
	Ancestor string `cbor:"1,keyasint"` // an incarnation as text
	Last     uint64 `cbor:"2,keyasint"` // its last record that the successor has
	Hash     []byte `cbor:"3,keyasint"` // of that record, 32 bytes
	Reason   string `cbor:"4,keyasint"` // a person's words; 1 to 1,024 bytes
}

// Check reports ErrSuccession.
func (s Succession) Check() error {
	_, _, err := s.Follows()
	return err
}

// Follows is the incarnation that is succeeded, and its record that the successor goes on after. It reports ErrSuccession.
func (s Succession) Follows() (of Incarnation, at Position, err error) {
	of, err = ParseIncarnation(s.Ancestor)
	switch {
	case err != nil:
		return of, at, fmt.Errorf("%w: %w", ErrSuccession, err)
	case s.Last == 0 || s.Last <= of.After:
		return of, at, fmt.Errorf("%w: record %d is none of %s", ErrSuccession, s.Last, s.Ancestor)
	case len(s.Hash) != len(at.Hash):
		return of, at, fmt.Errorf("%w: a hash of %d bytes", ErrSuccession, len(s.Hash))
	case s.Reason == "" || len(s.Reason) > ReasonBytesMax || !utf8.ValidString(s.Reason):
		return of, at, fmt.Errorf("%w: a reason of %d bytes, want 1 to %d", ErrSuccession, len(s.Reason), ReasonBytesMax)
	}
	return of, Position{Seq: s.Last, Hash: Hash(s.Hash)}, nil
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
	of, at, err := s.Follows()
	if err == nil && (of.Centre != in.Centre || at.Seq != in.After || of == in) {
		err = fmt.Errorf("%w: %s cannot go on after record %d of %s", ErrSuccession, in, at.Seq, of)
	}
	return s, err
}
