package vault

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"log/slog"
)

// Mark is what an identity number is found by: HMAC-SHA-256 of it under a key of this vault. A plain hash would not do:
// thirteen digits are searched in minutes.
// Shape: 32 bytes, or none.
type Mark []byte

// markPrefix begins what is hashed, so that the look-up key has one use.
const markPrefix = "markaz vault mark 1\n"

// Mark is the mark of a number, given as thirteen ASCII digits.
func (v *Vault) Mark(number string) Mark {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return markOf(v.lookup, number)
}

func markOf(k Key, number string) Mark {
	h := hmac.New(sha256.New, k.b[:])
	h.Write([]byte(markPrefix))
	h.Write([]byte(number))
	return h.Sum(nil)
}

// Check reports a length other than 32 or 0.
func (m Mark) Check() error {
	if len(m) == 0 || len(m) == sha256.Size {
		return nil
	}
	return fmt.Errorf("a mark of %d bytes: want %d or none", len(m), sha256.Size)
}

// String is for logs: whoever has two lines need not see that they are about one person.
func (m Mark) String() string { return "mark" }

// LogValue is String.
func (m Mark) LogValue() slog.Value { return slog.StringValue(m.String()) }
