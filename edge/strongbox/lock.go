package strongbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"markaz.example/edge/tpm"
)

// Way is where the box key comes from.
type Way string

// The ways, from the best to none.
const (
	TPM        Way = "tpm"
	Credential Way = "credential"
	Passphrase Way = "passphrase"
	Plain      Way = "plain"
)

// ErrLockFormat is reported for a lock.json that is none.
var ErrLockFormat = errors.New("lock.json is damaged; bring it back from a copy, or call headquarters: the box has to be made anew")

// lock is what lock.json holds: by what the key is known, and wrapped by its way. Bytes are in base64.
type lock struct {
	Format   int         `json:"format"` // 1
	Check    []byte      `json:"check"`
	Way      Way         `json:"way"`
	Chip     *tpm.Sealed `json:"tpm,omitempty"`        // of TPM
	Word     *word       `json:"passphrase,omitempty"` // of Passphrase
	Recovery []byte      `json:"recovery,omitempty"`   // the key under the recovery code
}

// word is the key under a passphrase.
type word struct {
	Salt      []byte `json:"salt"`
	MemoryKiB uint32 `json:"memory_kib"`
	Passes    uint32 `json:"passes"`
	Wrapped   []byte `json:"wrapped"`
}

const (
	lockFormat = 1
	checkBytes = 16

	wrappedBytes = 24 + keyBytes + 16 // nonce, key, tag
)

// parseLock reads strictly. It reports ErrLockFormat.
func parseLock(b []byte) (l lock, err error) {
	if len(b) > lockBytesMax {
		return l, fmt.Errorf("%w: %d bytes, limit %d", ErrLockFormat, len(b), lockBytesMax)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return lock{}, fmt.Errorf("%w: %w", ErrLockFormat, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return lock{}, fmt.Errorf("%w: something stands behind it", ErrLockFormat)
	}
	return l, l.verify()
}

func (l lock) verify() error {
	if l.Format != lockFormat || len(l.Check) != checkBytes {
		return fmt.Errorf("%w: format %d, check of %d bytes", ErrLockFormat, l.Format, len(l.Check))
	}
	if l.Recovery != nil && len(l.Recovery) != wrappedBytes {
		return fmt.Errorf("%w: the key under the recovery code", ErrLockFormat)
	}
	if (l.Way == TPM) != (l.Chip != nil) || (l.Way == Passphrase) != (l.Word != nil) {
		return fmt.Errorf("%w: its parts are not those of the way %q", ErrLockFormat, l.Way)
	}
	return l.verifyWay()
}

func (l lock) verifyWay() error {
	switch l.Way {
	case TPM:
		if err := l.Chip.Check(); err != nil {
			return fmt.Errorf("%w: %w", ErrLockFormat, err)
		}
	case Passphrase:
		return l.Word.verify()
	case Plain, Credential:
	default:
		return fmt.Errorf("%w: the way is %q", ErrLockFormat, l.Way)
	}
	return nil
}

func (w word) verify() error {
	if len(w.Salt) != saltBytes || len(w.Wrapped) != wrappedBytes || w.Passes < 1 || w.Passes > passesMax ||
		w.MemoryKiB < 8 || w.MemoryKiB > memoryKiBMax {
		return fmt.Errorf("%w: the key under the passphrase", ErrLockFormat)
	}
	return nil
}

func (l lock) file() ([]byte, error) {
	b, err := json.MarshalIndent(l, "", "  ")
	return append(b, '\n'), err
}
