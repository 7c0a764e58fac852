package pin

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"markaz.example/edge/durable"
)

// Secret is what a verifier needs besides the PIN. It prints masked.
type Secret struct{ key [sha256.Size]byte }

// ErrSecret is reported when the file of a secret holds something else.
var ErrSecret = errors.New("not the secret of PINs: 64 hexadecimal digits")

// String tells nothing.
func (Secret) String() string { return "(secret)" }

// GoString tells nothing.
func (Secret) GoString() string { return "(secret)" }

// ID names a secret without telling it.
// Shape: 8 hexadecimal digits.
func (s Secret) ID() string { return hex.EncodeToString(s.mac("markaz pin secret")[:4]) }

// mac ties a text to the secret.
func (s Secret) mac(parts ...string) []byte {
	h := hmac.New(sha256.New, s.key[:])
	io.WriteString(h, strings.Join(parts, "\x00"))
	return h.Sum(nil)
}

// Load reads a secret. It reports fs.ErrNotExist and ErrSecret.
func Load(secrets durable.Secrets, path string) (s Secret, err error) {
	b, err := secrets.Read(path)
	if err != nil {
		return s, fmt.Errorf("read the secret of PINs: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(b)))
	if err != nil || len(key) != len(s.key) {
		return s, fmt.Errorf("%s: %w", path, ErrSecret)
	}
	return Secret{[sha256.Size]byte(key)}, nil
}

// LoadOrMake reads a secret, or makes one where there is none.
func LoadOrMake(secrets durable.Secrets, path string, r io.Reader) (Secret, error) {
	s, err := Load(secrets, path)
	if !errors.Is(err, fs.ErrNotExist) {
		return s, err
	}
	if s, err = New(r); err != nil {
		return s, err
	}
	if err := secrets.Write(path, []byte(hex.EncodeToString(s.key[:])+"\n")); err != nil {
		return s, fmt.Errorf("save the secret of PINs: %w", err)
	}
	return s, nil
}

// New draws a secret.
func New(r io.Reader) (s Secret, err error) {
	if _, err := io.ReadFull(r, s.key[:]); err != nil {
		return s, fmt.Errorf("draw the secret of PINs: %w", err)
	}
	return s, nil
}
