package update

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/fxamacker/cbor/v2"
)

// What reading an update reports.
var (
	ErrMalformed = errors.New("not an update of this version of the program")
	ErrTooLarge  = errors.New("larger than an update may be")
	ErrField     = errors.New("the update's manifest has a value outside its range")
	ErrSignature = errors.New("the update is not signed by the release key that this box knows")
	ErrContent   = errors.New("the package is not what the update's manifest says")
)

// Digest is the SHA-256 of a package.
type Digest [sha256.Size]byte

// String is the digest in hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// Manifest describes an update.
type Manifest struct {
	Package string // "markaz"
	Version Version
	Arch    string  // Debian's name: "amd64"
	Size    uint64  // of the package, bytes
	Digest  Digest  // of the package
	Made    int64   // milliseconds since 1970 UTC; to show, never to compare
	Over    Version // the version that is left for this older one; empty where the version rises
}

// manifestForm is a manifest as written. The keys are frozen; a new one takes the next number.
type manifestForm struct {
	Package string `cbor:"1,keyasint"`
	Version string `cbor:"2,keyasint"`
	Arch    string `cbor:"3,keyasint"`
	Size    uint64 `cbor:"4,keyasint"`
	Digest  []byte `cbor:"5,keyasint"`
	Made    int64  `cbor:"6,keyasint"`
	Over    string `cbor:"7,keyasint,omitempty"`
}

var (
	encoding = must(cbor.CoreDetEncOptions().EncMode())
	decoding = must(cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden,
		MaxNestedLevels: nestingMax, MaxArrayElements: elementsMax, MaxMapPairs: elementsMax, UTF8: cbor.UTF8RejectInvalid,
	}.DecMode())

	nameShape = regexp.MustCompile(`^[a-z][a-z0-9-]{1,31}$`)
)

func must[T any](v T, err error) T {
	if err != nil {
		panic("BUG: options of update: " + err.Error())
	}
	return v
}

// Check reports ErrField or ErrTooLarge.
func (m Manifest) Check() error {
	switch {
	case !nameShape.MatchString(m.Package):
		return fmt.Errorf("%w: package %q", ErrField, m.Package)
	case !nameShape.MatchString(m.Arch):
		return fmt.Errorf("%w: architecture %q", ErrField, m.Arch)
	case m.Version.Check() != nil:
		return fmt.Errorf("%w: %w", ErrField, m.Version.Check())
	case m.Over != "" && (m.Over.Check() != nil || m.Over.Compare(m.Version) <= 0):
		return fmt.Errorf("%w: %s cannot be left for %s, which is not older", ErrField, m.Over, m.Version)
	case m.Size == 0:
		return fmt.Errorf("%w: an update without a package", ErrField)
	case m.Size > packageBytesMax:
		return fmt.Errorf("%w: %d bytes, limit %d", ErrTooLarge, m.Size, packageBytesMax)
	}
	return nil
}

// What Follows reports.
var (
	ErrOther = errors.New("the update is for another program or another machine")
	ErrOlder = errors.New("the version is not newer than what is installed, and nobody ordered a step back from that")
)

// Follows reports ErrOther or ErrOlder when this is no step from an installed version.
func (m Manifest) Follows(name, arch string, now Version) error {
	switch {
	case m.Package != name || m.Arch != arch:
		return fmt.Errorf("%w: it is %s for %s", ErrOther, m.Package, m.Arch)
	case now.Check() != nil:
		return fmt.Errorf("%w: what is installed is no package but %q", ErrOther, now)
	case m.Version.Compare(now) <= 0 && m.Over != now:
		return fmt.Errorf("%w: it is %s, installed is %s", ErrOlder, m.Version, now)
	}
	return nil
}

// Signed is a manifest as its bytes, with the release key's signature.
type Signed struct {
	Manifest  []byte
	Signature []byte
}

// Sign puts the release key's word under a manifest. It reports what Check does.
func Sign(key ed25519.PrivateKey, m Manifest) (Signed, error) {
	if err := m.Check(); err != nil {
		return Signed{}, err
	}
	b, err := encoding.Marshal(manifestForm{m.Package, string(m.Version), m.Arch, m.Size, m.Digest[:], m.Made, string(m.Over)})
	if err != nil {
		return Signed{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return Signed{b, ed25519.Sign(key, message(b))}, nil
}

// Open gives the manifest when one of the keys signed it. It reports ErrSignature, ErrMalformed, ErrField or ErrTooLarge.
func (s Signed) Open(keys []ed25519.PublicKey) (Manifest, error) {
	signed := func(k ed25519.PublicKey) bool {
		return len(k) == ed25519.PublicKeySize && ed25519.Verify(k, message(s.Manifest), s.Signature)
	}
	if !slices.ContainsFunc(keys, signed) {
		return Manifest{}, ErrSignature
	}
	return s.read()
}

func (s Signed) read() (Manifest, error) {
	var f manifestForm
	if err := decoding.Unmarshal(s.Manifest, &f); err != nil {
		return Manifest{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	m := Manifest{
		Package: f.Package, Version: Version(f.Version), Arch: f.Arch, Size: f.Size, Made: f.Made, Over: Version(f.Over),
	}
	if len(f.Digest) != len(m.Digest) {
		return m, fmt.Errorf("%w: digest of %d bytes", ErrField, len(f.Digest))
	}
	copy(m.Digest[:], f.Digest)
	return m, m.Check()
}

// message is what is signed: the purpose, then the manifest's bytes.
func message(manifest []byte) []byte { return append([]byte(magic), manifest...) }
