package vault

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"

	"markaz.example/edge/aead"
	"markaz.example/edge/chain"
)

// What sealing and opening report.
var (
	ErrTooLong = errors.New("too long to be sealed")
	ErrForged  = errors.New("a sealed field does not open here: it was changed, or moved from another place")
)

// Place is where a sealed field stands, and the only place where it opens.
type Place struct {
	In    chain.Incarnation // whose chain
	Seq   uint64            // of the record
	Field string            // of the record's body: "name"
}

// placePrefix begins the associated data of a field, keyPlacePrefix that of a wrapped key.
const (
	placePrefix    = "markaz vault field 1\n"
	keyPlacePrefix = "markaz vault key 1\n"
)

// bytes is the associated data: prefix, incarnation as text, line end, sequence as 8 bytes, field.
func (p Place) bytes() []byte {
	b := append([]byte(placePrefix), p.In.String()...)
	b = binary.BigEndian.AppendUint64(append(b, '\n'), p.Seq)
	return append(b, p.Field...)
}

// Sealed is a field as a record has it. It may be shown to anyone, and prints as its length alone.
// Shape: nonce of 24 bytes, then XChaCha20-Poly1305 of the plain text (see fill), its tag of 16 bytes last.
type Sealed []byte

// Check reports a length that no sealed field has. An empty one stands for nothing sealed.
func (s Sealed) Check() error {
	n := len(s)
	if n == 0 || n >= sealedBytesMin && n <= SealedBytesMax && (n-nonceBytes-tagBytes)%sealedStep == 0 {
		return nil
	}
	return fmt.Errorf("a sealed field of %d bytes: want %d to %d, in steps of %d", n, sealedBytesMin, SealedBytesMax, sealedStep)
}

// String is for logs.
func (s Sealed) String() string { return fmt.Sprintf("sealed, %d bytes", len(s)) }

// LogValue is String.
func (s Sealed) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Seal hides plain text under the key of a subject, for one place. The key must be made before. It reports ErrForgotten,
// ErrTooLong, or what the file reports.
func (v *Vault) Seal(subject string, at Place, plain []byte) (Sealed, error) {
	if len(plain) > PlainBytesMax {
		return nil, fmt.Errorf("%w: %d bytes, limit %d", ErrTooLong, len(plain), PlainBytesMax)
	}
	k, err := v.key(subject)
	if err != nil {
		return nil, err
	}
	return k.seal(fill(plain), at.bytes())
}

// Open is the plain text of a sealed field. It reports ErrForgotten, ErrForged, or what the file reports.
func (v *Vault) Open(subject string, at Place, s Sealed) ([]byte, error) {
	k, err := v.key(subject)
	if err != nil {
		return nil, err
	}
	filled, err := k.open(s, at.bytes())
	if err != nil {
		return nil, err
	}
	return empty(filled)
}

// fill is two bytes of length, the text, and zeros up to a multiple of 32 bytes.
func fill(plain []byte) []byte {
	whole := (lengthBytes + len(plain) + sealedStep - 1) / sealedStep * sealedStep
	b := binary.BigEndian.AppendUint16(make([]byte, 0, whole), uint16(len(plain)))
	return append(append(b, plain...), make([]byte, whole-lengthBytes-len(plain))...)
}

// empty undoes fill.
func empty(filled []byte) ([]byte, error) {
	if len(filled) < lengthBytes {
		return nil, ErrForged
	}
	n := int(binary.BigEndian.Uint16(filled))
	if n > len(filled)-lengthBytes || len(bytes.TrimLeft(filled[lengthBytes+n:], "\x00")) > 0 {
		return nil, ErrForged
	}
	return filled[lengthBytes : lengthBytes+n], nil
}

func (k Key) seal(plain, place []byte) ([]byte, error) {
	var nonce [nonceBytes]byte
	if _, err := rand.Read(nonce[:]); err != nil {
		return nil, fmt.Errorf("draw a nonce: %w", err)
	}
	return k.sealWith(nonce, plain, place)
}

func (k Key) sealWith(nonce [nonceBytes]byte, plain, place []byte) ([]byte, error) {
	c, err := aead.New(k.b[:])
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return c.Seal(nonce[:], nonce[:], plain, place), nil
}

func (k Key) open(sealed, place []byte) ([]byte, error) {
	if len(sealed) < nonceBytes+tagBytes {
		return nil, ErrForged
	}
	c, err := aead.New(k.b[:])
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	plain, err := c.Open(nil, sealed[:nonceBytes], sealed[nonceBytes:], place)
	if err != nil {
		return nil, ErrForged
	}
	return plain, nil
}
