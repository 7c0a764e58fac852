package strongbox

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
)

// ErrCode is reported for a recovery code that was misread.
var ErrCode = errors.New("this is not a recovery code, or a character was misread")

// Code is a recovery code: it stands on paper and nowhere else. It prints as nothing; Paper is what is written down.
// Shape: nine groups of four characters, the last group a check; without I, L, O and U, which are read as 1, 1, 0 and V.
type Code struct{ b [codeBytes]byte }

var alphabet = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

const groupChars = 4

func drawCode() (c Code, err error) {
	_, err = rand.Read(c.b[:])
	return c, err
}

// String hides the code.
func (Code) String() string { return "recovery code" }

// Format hides the code from every verb.
func (c Code) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(c.String())) }

// Paper is the code as it is written down.
func (c Code) Paper() string {
	text := alphabet.EncodeToString(c.b[:]) + c.sum()
	var groups []string
	for ; text != ""; text = text[groupChars:] {
		groups = append(groups, text[:groupChars])
	}
	return strings.Join(groups, "-")
}

// sum is the last group: the first 20 bits of a hash.
func (c Code) sum() string {
	h := sha256.Sum256(append([]byte("markaz recovery code 1\n"), c.b[:]...))
	return alphabet.EncodeToString(h[:3])[:groupChars]
}

// ParseCode reads a code as people type it: spaces, hyphens and small letters make no difference. It reports ErrCode.
func ParseCode(s string) (c Code, err error) {
	if len(s) > passphraseBytesMax {
		return c, ErrCode
	}
	s = strings.NewReplacer(" ", "", "-", "", "I", "1", "L", "1", "O", "0", "U", "V").Replace(strings.ToUpper(strings.TrimSpace(s)))
	want := alphabet.EncodedLen(codeBytes)
	if len(s) != want+groupChars {
		return c, fmt.Errorf("%w: %d characters, want %d", ErrCode, len(s), want+groupChars)
	}
	b, err := alphabet.DecodeString(s[:want])
	if err != nil || len(b) != codeBytes {
		return c, ErrCode
	}
	if c.b = [codeBytes]byte(b); c.sum() != s[want:] {
		return Code{}, ErrCode
	}
	return c, nil
}
