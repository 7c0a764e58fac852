package backup

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"filippo.io/age"
)

// ErrKey is reported for a file or a text that is no key for backups.
var ErrKey = errors.New("not a key for backups: want a line that begins with AGE-SECRET-KEY-1, or a recipient that begins with age1")

// Recipient is whom a backup is sealed to.
type Recipient struct{ to age.Recipient }

// Identity opens what was sealed to its recipient. It prints as nothing.
type Identity struct{ key age.Identity }

// String keeps the key out of logs.
func (Identity) String() string { return "a key for backups" }

// GoString keeps it out of logs too.
func (i Identity) GoString() string { return i.String() }

// Format hides it from verbs that would look inside.
func (i Identity) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(i.String())) }

// ParseRecipient reads "age1…". It reports ErrKey.
func ParseRecipient(text string) (Recipient, error) {
	r, err := age.ParseX25519Recipient(strings.TrimSpace(text))
	if err != nil {
		return Recipient{}, fmt.Errorf("%w: %q", ErrKey, text)
	}
	return Recipient{r}, nil
}

// ReadIdentity reads the key of a file: what headquarters calls parcel.key, or a recovery key out of a safe. Lines that
// begin with # are passed over. It reports ErrKey.
func ReadIdentity(path string) (Identity, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return Identity{}, fmt.Errorf("read the key for backups: %w", err)
	}
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		key, err := age.ParseX25519Identity(line)
		if err != nil {
			break // what the library says may quote the key
		}
		return Identity{key}, nil
	}
	return Identity{}, fmt.Errorf("%s: %w", path, ErrKey)
}

// NewIdentity draws a recovery key: the text to keep in a safe, and the recipient to put into the configuration.
func NewIdentity() (secret, recipient string, err error) {
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return "", "", fmt.Errorf("draw a recovery key: %w", err)
	}
	return key.String(), key.Recipient().String(), nil
}

// ErrPassphrase is reported for a passphrase that is guessed too soon.
var ErrPassphrase = fmt.Errorf("a passphrase for a backup has at least %d characters: a stick can be guessed at for years", passphraseMin)

// SealWith is the recipient of whoever knows a passphrase. It stands alone: a backup is sealed to it or to keys. It
// reports ErrPassphrase.
func SealWith(passphrase string) (Recipient, error) {
	if len([]rune(passphrase)) < passphraseMin {
		return Recipient{}, ErrPassphrase
	}
	return sealWith(passphrase, scryptWork)
}

func sealWith(passphrase string, work int) (Recipient, error) {
	r, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return Recipient{}, fmt.Errorf("seal with a passphrase: %w", err)
	}
	r.SetWorkFactor(work)
	return Recipient{r}, nil
}

// Passphrase opens what SealWith sealed.
func Passphrase(passphrase string) (Identity, error) {
	i, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return Identity{}, fmt.Errorf("open with a passphrase: %w", err)
	}
	i.SetMaxWorkFactor(scryptWorkMax)
	return Identity{i}, nil
}
