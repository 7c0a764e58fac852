package strongbox

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"golang.org/x/sys/unix"
)

// Key is the box's key. Its bytes lie in a page of their own that is not swapped out and in no core. It prints as nothing.
// Shape: 32 bytes; in a file or a credential "markaz-box-key-1 ", 64 hexadecimal digits and a line end.
type Key struct{ b []byte }

const keyPrefix = "markaz-box-key-1 "

// What keys and sealed files report.
var (
	ErrKeyFormat = errors.New("not the key of a box")
	ErrForged    = errors.New("what is sealed does not open: it was changed, moved from another place, or belongs to another key")
)

// String hides the key.
func (*Key) String() string { return "box key" }

// GoString hides the key.
func (*Key) GoString() string { return "box key" }

// Format hides the key from verbs that would look inside.
func (k *Key) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(k.String())) }

// LogValue hides the key.
func (k *Key) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalJSON hides the key.
func (k *Key) MarshalJSON() ([]byte, error) { return []byte(`"box key"`), nil }

// newKey is room for a key. Where memory may not be locked, as for a user with no allowance, the key lies in it all the
// same: the unit forbids swapping besides.
func newKey() (*Key, error) {
	page, err := unix.Mmap(-1, 0, unix.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil, fmt.Errorf("memory for the box key: %w", err)
	}
	_ = unix.Mlock(page)
	_ = unix.Madvise(page, unix.MADV_DONTDUMP)
	return &Key{page[:keyBytes]}, nil
}

func drawKey() (*Key, error) {
	k, err := newKey()
	if err == nil {
		_, err = rand.Read(k.b)
	}
	return k, err
}

// takeKey moves bytes into a key, and wipes where they came from.
func takeKey(b []byte) (*Key, error) {
	defer clear(b)
	if len(b) != keyBytes {
		return nil, ErrKeyFormat
	}
	k, err := newKey()
	if err == nil {
		copy(k.b, b)
	}
	return k, err
}

// parseKey reads what a file or a credential holds. It reports ErrKeyFormat.
func parseKey(text []byte) (*Key, error) {
	digits, ours := strings.CutPrefix(strings.TrimSuffix(string(text), "\n"), keyPrefix)
	b, err := hex.DecodeString(digits)
	if !ours || err != nil { // without the cause, which would quote what it read
		return nil, ErrKeyFormat
	}
	return takeKey(b)
}

func (k *Key) file() []byte { return []byte(keyPrefix + hex.EncodeToString(k.b) + "\n") }

// check is what a lock knows a key by. It tells nothing of the key.
func (k *Key) check() []byte {
	m := hmac.New(sha256.New, k.b)
	m.Write([]byte("markaz strongbox check 1\n"))
	return m.Sum(nil)[:16]
}

func (k *Key) fits(l lock) bool { return hmac.Equal(k.check(), l.Check) }

// derive is the key for one name.
func derive(secret []byte, name string) ([]byte, error) {
	return hkdf.Key(sha256.New, secret, nil, "markaz strongbox key 1\n"+name, keyBytes)
}

func place(name string) []byte { return append([]byte("markaz strongbox 1\n"), name...) }

// seal is nonce | XChaCha20-Poly1305 under the key of a name, with the name as associated data.
func seal(secret []byte, name string, plain []byte) ([]byte, error) {
	aead, done, err := cipherOf(secret, name)
	if err != nil {
		return nil, err
	}
	defer done()
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("draw a nonce: %w", err)
	}
	return aead.Seal(nonce, nonce, plain, place(name)), nil
}

// open undoes seal. It reports ErrForged.
func open(secret []byte, name string, sealed []byte) ([]byte, error) {
	aead, done, err := cipherOf(secret, name)
	if err != nil {
		return nil, err
	}
	defer done()
	if len(sealed) < aead.NonceSize() {
		return nil, ErrForged
	}
	plain, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], place(name))
	if err != nil {
		return nil, ErrForged
	}
	return plain, nil
}
