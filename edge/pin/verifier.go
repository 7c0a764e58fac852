package pin

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrVerifier is reported for what no box has written as a verifier.
var ErrVerifier = errors.New("not a verifier of a PIN")

// verifier is one as it stands in a ledger.
// Shape: "$argon2id$v=19$m=19456,t=2,p=1,keyid=1a2b3c4d$SALT$HASH", both in base64 without padding; the widespread form of
// such strings, with the name of the secret as its key.
type verifier struct {
	memory, passes uint32
	secret         string // its ID
	salt, hash     []byte
}

var plain64 = base64.RawStdEncoding.Strict()

func (v verifier) String() string {
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=1,keyid=%s$%s$%s", v.memory, v.passes, v.secret,
		plain64.EncodeToString(v.salt), plain64.EncodeToString(v.hash))
}

// parse reads a verifier strictly, and within bounds. It reports ErrVerifier.
func parse(s string) (v verifier, err error) {
	fields := strings.Split(s, "$")
	if len(fields) != 6 || fields[0] != "" || fields[1] != "argon2id" || fields[2] != "v=19" {
		return v, ErrVerifier
	}
	if v, err = parameters(fields[3]); err != nil {
		return v, err
	}
	if v.salt, err = plain64.DecodeString(fields[4]); err != nil || len(v.salt) != saltBytes {
		return v, fmt.Errorf("%w: its salt", ErrVerifier)
	}
	if v.hash, err = plain64.DecodeString(fields[5]); err != nil || len(v.hash) != hashBytes {
		return v, fmt.Errorf("%w: its hash", ErrVerifier)
	}
	return v, nil
}

func parameters(s string) (v verifier, err error) {
	words := strings.Split(s, ",")
	if len(words) != 4 || words[2] != "p=1" {
		return v, fmt.Errorf("%w: its parameters", ErrVerifier)
	}
	memory, m := number(words[0], "m=", memoryKiBMax)
	passes, t := number(words[1], "t=", passesMax)
	id, k := strings.CutPrefix(words[3], "keyid=")
	if !m || !t || !k || len(id) != 8 || strings.Trim(id, "0123456789abcdef") != "" {
		return v, fmt.Errorf("%w: its parameters", ErrVerifier)
	}
	return verifier{memory: memory, passes: passes, secret: id}, nil
}

// number reads "m=19456", from 1 to a limit, as it is written and in no other way.
func number(word, name string, most uint32) (uint32, bool) {
	digits, ok := strings.CutPrefix(word, name)
	n, err := strconv.ParseUint(digits, 10, 32)
	return uint32(n), ok && err == nil && n > 0 && n <= uint64(most) && strconv.FormatUint(n, 10) == digits
}
