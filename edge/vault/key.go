package vault

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"markaz.example/edge/aead"
	"markaz.example/edge/durable"
)

const (
	keyBytes   = aead.KeyBytes
	nonceBytes = aead.NonceBytes
	tagBytes   = aead.TagBytes
)

// KeyName is the key's file in the vault's directory; CredentialName is what systemd calls it, where the unit has it.
const (
	KeyName        = "vault.key"
	CredentialName = "markaz-vault-key"
)

// keyPrefix begins the one line of a key file.
const keyPrefix = "markaz-vault-key-1 "

// What finding the key reports.
var (
	ErrKeyMissing = errors.New("the vault's key is missing; bring vault.key back from where its copy is kept")
	ErrKeyFormat  = errors.New("not the key of a vault")
	ErrKeyWrong   = errors.New("this key is not this vault's; bring back the vault.key that belongs to this vault.db")
)

// Key is the box's key, which wraps every other. It prints as nothing.
// Shape: 32 bytes; in a file "markaz-vault-key-1 ", 64 hexadecimal digits and a line end.
type Key struct{ b [keyBytes]byte }

// String hides the key, and so does every verb.
func (Key) String() string { return "vault key" }

// GoString hides the key.
func (Key) GoString() string { return "vault.Key{}" }

// Format hides the key from verbs that would look inside.
func (k Key) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(k.String())) }

// ParseKey reads what a key file holds. It reports ErrKeyFormat.
func ParseKey(text []byte) (k Key, err error) {
	digits, ours := strings.CutPrefix(strings.TrimSuffix(string(text), "\n"), keyPrefix)
	if !ours || len(digits) != hex.EncodedLen(keyBytes) {
		return k, fmt.Errorf("%w: want one line, %q and %d hexadecimal digits", ErrKeyFormat, keyPrefix, hex.EncodedLen(keyBytes))
	}
	if _, err := hex.Decode(k.b[:], []byte(digits)); err != nil {
		return Key{}, ErrKeyFormat // without the cause, which would quote what it read
	}
	return k, nil
}

func (k Key) file() []byte { return []byte(keyPrefix + hex.EncodeToString(k.b[:]) + "\n") }

// Keys say where a vault's key is.
type Keys struct {
	Credentials string          // the directory of systemd's credentials, which come first; "" without
	Secrets     durable.Secrets // keeps vault.key in the vault's directory; nil for a plain file
}

func (k Keys) secrets() durable.Secrets {
	if k.Secrets == nil {
		return durable.Plain{}
	}
	return k.Secrets
}

// find is the key from the credentials that systemd gave, else from the directory. It reports ErrKeyMissing or
// ErrKeyFormat, or what keeps the key.
func (k Keys) find(dir string) (Key, error) {
	if k.Credentials != "" {
		key, err := readKey(durable.Plain{}, filepath.Join(k.Credentials, CredentialName))
		if !errors.Is(err, ErrKeyMissing) {
			return key, err
		}
	}
	return readKey(k.secrets(), filepath.Join(dir, KeyName))
}

func readKey(secrets durable.Secrets, path string) (Key, error) {
	b, err := secrets.Read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Key{}, fmt.Errorf("%w: there is no %s", ErrKeyMissing, path)
	case err != nil:
		return Key{}, fmt.Errorf("read the vault's key: %w", err)
	}
	k, err := ParseKey(b)
	if err != nil {
		return k, fmt.Errorf("%s: %w", path, err)
	}
	return k, nil
}

// make draws a key and saves it, for its owner alone.
func (keys Keys) make(dir string) (k Key, err error) {
	if _, err := rand.Read(k.b[:]); err != nil {
		return k, fmt.Errorf("draw the vault's key: %w", err)
	}
	return k, keys.secrets().Write(filepath.Join(dir, KeyName), k.file())
}
