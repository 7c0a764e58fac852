package chain

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/fxamacker/cbor/v2"

	"markaz.example/edge/clock"
)

// What Decode and Encode report. Each is wrapped with the field at fault.
var (
	ErrTooLarge  = errors.New("record is larger than the limit")
	ErrMalformed = errors.New("record is not well-formed CBOR of the documented shape")
	ErrHeader    = errors.New("record header has a value outside its range")
)

// Kind names what a record says and in which version.
// Shape: lower-case words joined by dots and hyphens, a slash, a version from 1: "visit.opened/1".
type Kind string

// Check reports ErrHeader.
func (k Kind) Check() error {
	if !isKind(string(k)) {
		return kindError(string(k))
	}
	return nil
}

func kindError(k string) error {
	return fmt.Errorf("%w: kind %q, want for example %q", ErrHeader, k, "visit.opened/1")
}

// text is a name as a record has it, or as it stands in stored bytes.
type text interface{ ~string | ~[]byte }

func isKind[T text](k T) bool {
	for i := range len(k) {
		if k[i] == '/' {
			return len(k) <= nameBytesMax && isKindName(k[:i]) && isKindVersion(k[i+1:])
		}
	}
	return false
}

// IsSubject holds for bytes that can be a record's subject.
func IsSubject(b []byte) bool { return len(b) <= nameBytesMax && utf8.Valid(b) }

// isKindName holds for two or more words of a-z and hyphen, each beginning with a letter. It runs for every record, so
// it is written out: a regular expression took as long as the hash.
func isKindName[T text](s T) bool {
	dots, first := 0, true
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z':
			first = false
		case first:
			return false
		case c == '.':
			dots, first = dots+1, true
		case c != '-':
			return false
		}
	}
	return dots > 0 && !first
}

func isKindVersion[T text](s T) bool {
	if len(s) == 0 || len(s) > 4 || s[0] == '0' {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// Header is what every record says besides its body.
type Header struct {
	Seq     uint64      // place in the chain, from 1
	Stamp   clock.Stamp // when, and how far that is to be trusted
	Kind    Kind        // what happened
	Actor   string      // who did it: "kiosk/1", "desk/A", "box"; 1 to 64 bytes
	Subject string      // whom or what it is about: a visit's name; empty, or up to 64 bytes
}

// Record is one happening. Body is deterministic CBOR whose shape the kind defines.
type Record struct {
	Header
	Body []byte
}

// stored is the record as written. The keys are frozen; a new one is added at the end and old readers pass over it.
type stored struct {
	Seq     uint64          `cbor:"1,keyasint"`
	Boot    uint64          `cbor:"2,keyasint"`
	Mono    uint64          `cbor:"3,keyasint"`
	Wall    int64           `cbor:"4,keyasint"`
	Grade   uint8           `cbor:"5,keyasint"`
	Kind    string          `cbor:"6,keyasint"`
	Actor   string          `cbor:"7,keyasint"`
	Subject string          `cbor:"8,keyasint"`
	Body    cbor.RawMessage `cbor:"9,keyasint"`
}

var (
	encoding = must(cbor.CoreDetEncOptions().EncMode())
	decoding = must(decodingTo(nestingMax).DecMode())

	// bodyDecoding is decoding from inside a record.
	bodyDecoding = must(decodingTo(nestingMax - 1).DecMode())
	// valueDecoding is decoding from inside a record's body.
	valueDecoding = must(decodingTo(nestingMax - 2).DecMode())
)

func decodingTo(levels int) cbor.DecOptions {
	return cbor.DecOptions{
		DupMapKey:        cbor.DupMapKeyEnforcedAPF,
		IndefLength:      cbor.IndefLengthForbidden,
		TagsMd:           cbor.TagsForbidden,
		MaxNestedLevels:  levels,
		MaxArrayElements: elementsMax,
		MaxMapPairs:      elementsMax,
		UTF8:             cbor.UTF8RejectInvalid,
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic("BUG: cbor options: " + err.Error())
	}
	return v
}

// EncodeBody gives an event's bytes as a record's body.
func EncodeBody(event any) ([]byte, error) { return encoding.Marshal(event) }

// DecodeBody reads a body into the event it was made from. Keys that this version does not know are passed over.
// It reports ErrMalformed.
func DecodeBody(body []byte, event any) error {
	if err := decoding.Unmarshal(body, event); err != nil {
		return fmt.Errorf("%w: body: %w", ErrMalformed, err)
	}
	return nil
}

// CheckBody reports ErrMalformed for bytes that cannot be a record's body.
func CheckBody(body []byte) error { return wellformed(bodyDecoding, body) }

// CheckValue reports ErrMalformed for bytes that cannot be one value of the map that a body is.
func CheckValue(value []byte) error { return wellformed(valueDecoding, value) }

func wellformed(mode cbor.DecMode, b []byte) error {
	if err := mode.Wellformed(b); err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return nil
}

// Encode gives the bytes that are stored, hashed and sent. It reports ErrHeader, ErrMalformed or ErrTooLarge.
func Encode(r Record) ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	b, err := encoding.Marshal(stored{
		Seq: r.Seq, Boot: r.Stamp.Boot, Mono: r.Stamp.Mono, Wall: r.Stamp.Wall, Grade: uint8(r.Stamp.Grade),
		Kind: string(r.Kind), Actor: r.Actor, Subject: r.Subject, Body: r.Body,
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if len(b) > RecordBytesMax {
		return nil, fmt.Errorf("%w: %d bytes, limit %d", ErrTooLarge, len(b), RecordBytesMax)
	}
	return b, nil
}

// Decode reads stored bytes; Body aliases them. It reports ErrTooLarge, ErrMalformed or ErrHeader.
func Decode(b []byte) (Record, error) {
	if len(b) > RecordBytesMax {
		return Record{}, fmt.Errorf("%w: %d bytes, limit %d", ErrTooLarge, len(b), RecordBytesMax)
	}
	if v, ok := Split(b); ok {
		return v.record(), v.Check()
	}
	var s stored
	if err := decoding.Unmarshal(b, &s); err != nil {
		return Record{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	r := Record{s.header(), s.Body}
	return r, r.check()
}

// Check is Decode of bytes whose record nobody wants: it gives the sequence, and allocates nothing for what Encode wrote.
func Check(b []byte) (seq uint64, err error) {
	if v, ok := Split(b); ok && len(b) <= RecordBytesMax {
		return v.Seq, v.Check()
	}
	r, err := Decode(b)
	return r.Seq, err
}

func (s stored) header() Header {
	return Header{
		Seq:   s.Seq,
		Stamp: clock.Stamp{Boot: s.Boot, Mono: s.Mono, Wall: s.Wall, Grade: clock.Grade(s.Grade)},
		Kind:  Kind(s.Kind), Actor: s.Actor, Subject: s.Subject,
	}
}

func (r Record) check() error {
	if err := inRange(r.Seq, r.Stamp, len(r.Actor), len(r.Subject), r.Body); err != nil {
		return err
	}
	if !utf8.ValidString(r.Actor) || !utf8.ValidString(r.Subject) { // the encoder would write it, and no reader accept it
		return fmt.Errorf("%w: actor %q or subject %q is not UTF-8", ErrHeader, r.Actor, r.Subject)
	}
	return r.Kind.Check()
}

// Check reports ErrHeader for a value outside its range, and ErrMalformed for a body that is not a map.
func (v View) Check() error {
	if err := inRange(v.Seq, v.Stamp, len(v.Actor), len(v.Subject), v.Body); err != nil {
		return err
	}
	if !isKind(v.Kind) {
		return kindError(string(v.Kind))
	}
	return nil
}

func inRange(seq uint64, at clock.Stamp, actorBytes, subjectBytes int, body []byte) error {
	switch {
	case seq == 0:
		return fmt.Errorf("%w: sequence 0, the first is 1", ErrHeader)
	case at.Boot == 0:
		return fmt.Errorf("%w: boot 0, the first is 1", ErrHeader)
	case at.Grade > clock.GradeMax:
		return fmt.Errorf("%w: clock grade %d, the highest is %d", ErrHeader, at.Grade, clock.GradeMax)
	case actorBytes == 0 || actorBytes > nameBytesMax:
		return fmt.Errorf("%w: actor of %d bytes, want 1 to %d", ErrHeader, actorBytes, nameBytesMax)
	case subjectBytes > nameBytesMax:
		return fmt.Errorf("%w: subject of %d bytes, limit %d", ErrHeader, subjectBytes, nameBytesMax)
	case len(body) == 0 || body[0]>>5 != cborMap:
		return fmt.Errorf("%w: the body is not a map", ErrMalformed)
	}
	return nil
}
