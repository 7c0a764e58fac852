package parcel

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"markaz.example/edge/durable"
)

// ErrKey is reported for a file or a text that is not a key for parcels.
var ErrKey = errors.New("not a key for parcels")

// Identity opens what was sealed to its recipient.
type Identity struct{ key *age.X25519Identity }

// Recipient is what others seal to: "age1…".
func (i Identity) Recipient() string { return i.key.Recipient().String() }

// String keeps the key out of logs.
func (Identity) String() string { return "a key for parcels" }

// The files of keys for parcels: the secret half, and what others seal to.
const (
	SecretName = "parcel.key"
	PublicName = "parcel.pub"
)

// LoadIdentity reads the key of a file, and makes one when there is none. It reports ErrKey.
func LoadIdentity(path string) (Identity, error) { return LoadSecret(durable.Plain{}, path) }

// LoadSecret is LoadIdentity where keys may be kept otherwise than as files.
func LoadSecret(secrets durable.Secrets, path string) (Identity, error) {
	i, err := readIdentity(secrets, path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeIdentity(secrets, path)
	}
	return i, err
}

// ReadIdentity reads the key of a file. It reports ErrKey, and fs.ErrNotExist.
func ReadIdentity(path string) (Identity, error) { return readIdentity(durable.Plain{}, path) }

func readIdentity(secrets durable.Secrets, path string) (Identity, error) {
	b, err := secrets.Read(path)
	if err != nil {
		return Identity{}, fmt.Errorf("read the key for parcels: %w", err)
	}
	key, err := age.ParseX25519Identity(strings.TrimSpace(string(b)))
	if err != nil {
		return Identity{}, fmt.Errorf("%s: %w", path, ErrKey) // what the library says may quote the key
	}
	return Identity{key}, nil
}

func makeIdentity(secrets durable.Secrets, path string) (Identity, error) {
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return Identity{}, fmt.Errorf("make a key for parcels: %w", err)
	}
	return Identity{key}, secrets.Write(path, []byte(key.String()+"\n"))
}

// SaveRecipient writes what others seal to into a directory.
func SaveRecipient(dir, to string) error {
	return durable.WriteFile(filepath.Join(dir, PublicName), []byte(to+"\n"))
}

// ReadRecipient reads what SaveRecipient wrote. It reports ErrKey, and fs.ErrNotExist.
func ReadRecipient(dir string) (string, error) {
	b, err := os.ReadFile(filepath.Join(dir, PublicName))
	if err != nil {
		return "", fmt.Errorf("read whom parcels are sealed to: %w", err)
	}
	to := strings.TrimSpace(string(b))
	return to, CheckRecipient(to)
}

// CheckRecipient reports ErrKey.
func CheckRecipient(s string) error {
	_, err := recipient(s)
	return err
}

func recipient(s string) (age.Recipient, error) {
	r, err := age.ParseX25519Recipient(strings.TrimSpace(s))
	if err != nil {
		return nil, fmt.Errorf("%w: %q, want for example age1…", ErrKey, s)
	}
	return r, nil
}
