package pack

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"

	"github.com/fxamacker/cbor/v2"
)

// What reading a pack reports.
var (
	ErrMalformed = errors.New("not a pack of this version")
	ErrTooLarge  = errors.New("larger than a pack may be")
	ErrField     = errors.New("a pack's manifest has a value outside its range")
	ErrSignature = errors.New("the pack is not signed by the key of this headquarters")
	ErrContent   = errors.New("the content is not what the pack's manifest says")
)

// Digest is the SHA-256 of a pack's content. Packs are kept and fetched by it.
type Digest [sha256.Size]byte

// String is the digest in hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// Manifest describes a pack.
type Manifest struct {
	Name    string // of the series: "texts"; 1 to 32 of a-z, 0-9 and hyphen, a letter first
	Version uint64 // within the name, from 1; a box never goes back by itself
	Kind    string // what the content is good for, and its shape: "texts/1"
	Size    uint64 // of the content, bytes, 1 to ContentBytesMax
	Digest  Digest // of the content
	Wall    int64  // when it was made, milliseconds since 1970 UTC; to show, never to compare
}

// manifestForm is a manifest as written. The keys are frozen; a new one takes the next number.
type manifestForm struct {
	Name    string `cbor:"1,keyasint"`
	Version uint64 `cbor:"2,keyasint"`
	Kind    string `cbor:"3,keyasint"`
	Size    uint64 `cbor:"4,keyasint"`
	Digest  []byte `cbor:"5,keyasint"`
	Wall    int64  `cbor:"6,keyasint"`
}

var (
	encoding = must(cbor.CoreDetEncOptions().EncMode())
	decoding = must(cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden,
		MaxNestedLevels: nestingMax, MaxArrayElements: elementsMax, MaxMapPairs: elementsMax, UTF8: cbor.UTF8RejectInvalid,
	}.DecMode())

	nameShape = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)
	kindShape = regexp.MustCompile(`^[a-z][a-z0-9-]{0,27}/[1-9][0-9]{0,2}$`)
)

func must[T any](v T, err error) T {
	if err != nil {
		panic("BUG: options of pack: " + err.Error())
	}
	return v
}

// Check reports ErrField or ErrTooLarge.
func (m Manifest) Check() error {
	switch {
	case !nameShape.MatchString(m.Name):
		return fmt.Errorf("%w: name %q, want 1 to %d of a-z, 0-9 and hyphen", ErrField, m.Name, nameBytesMax)
	case m.Version == 0:
		return fmt.Errorf("%w: version 0, the first is 1", ErrField)
	case !kindShape.MatchString(m.Kind):
		return fmt.Errorf("%w: kind %q, want for example %q", ErrField, m.Kind, "texts/1")
	case m.Size == 0:
		return fmt.Errorf("%w: a pack without content", ErrField)
	case m.Size > ContentBytesMax:
		return fmt.Errorf("%w: %d bytes, limit %d", ErrTooLarge, m.Size, ContentBytesMax)
	}
	return nil
}

// Fits reports ErrContent when bytes are not the content.
func (m Manifest) Fits(content []byte) error {
	if uint64(len(content)) != m.Size || Digest(sha256.Sum256(content)) != m.Digest {
		return fmt.Errorf("%w: %s %d", ErrContent, m.Name, m.Version)
	}
	return nil
}

// Signed is a manifest as its bytes, with headquarters' signature: what travels in a letter and at the head of a file.
type Signed struct {
	Manifest  []byte
	Signature []byte
}

// Sign puts headquarters' word under a manifest. It reports what Check does.
func Sign(key ed25519.PrivateKey, m Manifest) (Signed, error) {
	if err := m.Check(); err != nil {
		return Signed{}, err
	}
	b, err := encoding.Marshal(manifestForm{m.Name, m.Version, m.Kind, m.Size, m.Digest[:], m.Wall})
	if err != nil {
		return Signed{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return Signed{b, ed25519.Sign(key, message(b))}, nil
}

// Open gives the manifest when headquarters' key signed it. It reports ErrSignature, ErrMalformed, ErrField or
// ErrTooLarge.
func (s Signed) Open(key ed25519.PublicKey) (Manifest, error) {
	if len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, message(s.Manifest), s.Signature) {
		return Manifest{}, ErrSignature
	}
	return s.Read()
}

// Read gives the manifest without a look at the signature: for whoever has checked it, or has no key.
func (s Signed) Read() (Manifest, error) {
	if len(s.Manifest) > manifestBytesMax {
		return Manifest{}, fmt.Errorf("%w: a manifest of %d bytes, limit %d", ErrTooLarge, len(s.Manifest), manifestBytesMax)
	}
	var f manifestForm
	if err := decoding.Unmarshal(s.Manifest, &f); err != nil {
		return Manifest{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	m := Manifest{Name: f.Name, Version: f.Version, Kind: f.Kind, Size: f.Size, Wall: f.Wall}
	if copy(m.Digest[:], f.Digest) != len(m.Digest) || len(f.Digest) != len(m.Digest) {
		return m, fmt.Errorf("%w: digest of %d bytes", ErrField, len(f.Digest))
	}
	return m, m.Check()
}

// message is what is signed: the purpose, then the manifest's bytes.
func message(manifest []byte) []byte { return append([]byte(magic), manifest...) }
