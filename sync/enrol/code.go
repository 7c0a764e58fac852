package enrol

import (
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ErrCode is reported for a code that was misread. Its text names the group.
var ErrCode = errors.New("the code was misread or mistyped")

// Code is what headquarters gives to a person for one box: a secret that headquarters knows the hash of, and the
// beginning of the hash of the root's public key, by which the box knows headquarters.
//
// Shape: eight groups of five characters, of which the fifth checks the other four and their place: "7K3QM-…". The
// alphabet is Crockford's: digits, and letters without I, L, O and U. Small letters, spaces and hyphens make no
// difference; O is read as 0, I and L as 1.
type Code struct {
	Secret [secretBytes]byte
	Root   [rootBytes]byte
}

// NewCode draws a code for a root from r.
func NewCode(r io.Reader, root *x509.Certificate) (Code, error) {
	c := Code{Root: rootHash(root)}
	if _, err := io.ReadFull(r, c.Secret[:]); err != nil {
		return Code{}, fmt.Errorf("draw a code: %w", err)
	}
	return c, nil
}

func rootHash(root *x509.Certificate) (h [rootBytes]byte) {
	sum := sha256.Sum256(root.RawSubjectPublicKeyInfo)
	copy(h[:], sum[:])
	return h
}

// Fits reports whether a root is the one of the code.
func (c Code) Fits(root *x509.Certificate) bool {
	h := rootHash(root)
	return subtle.ConstantTimeCompare(h[:], c.Root[:]) == 1
}

// SecretHash is what headquarters keeps of a secret.
func SecretHash(secret []byte) [sha256.Size]byte {
	return sha256.Sum256(append([]byte("markaz enrolment secret 1\n"), secret...))
}

const (
	alphabet   = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	groups     = 8
	groupChars = 4 // and one that checks them
)

// String is the code as it is read out.
func (c Code) String() string {
	values := c.values()
	var b strings.Builder
	for g := range groups {
		if g > 0 {
			b.WriteByte('-')
		}
		four := values[g*groupChars:][:groupChars]
		for _, v := range append(four[:groupChars:groupChars], check(g, four)) {
			b.WriteByte(alphabet[v])
		}
	}
	return b.String()
}

// values are the 160 bits in portions of five.
func (c Code) values() []byte {
	out := make([]byte, 0, groups*groupChars)
	var window uint
	bits := 0
	for _, b := range append(c.Secret[:], c.Root[:]...) {
		window, bits = window<<8|uint(b), bits+8
		for ; bits >= 5; bits -= 5 {
			out = append(out, byte(window>>(bits-5)&31))
		}
	}
	return out
}

// check is the fifth character of a group: the sum of the four, each times another power of two in the field of 32
// elements, and of the group's place. One character misread, two neighbours exchanged or two groups exchanged never go
// unnoticed; whatever else, in one case of 32.
func check(group int, four []byte) byte {
	sum := byte(group + 1)
	for i, v := range four {
		for range i + 1 {
			v = double(v)
		}
		sum ^= v
	}
	return sum
}

// double is multiplication by x modulo x^5+x^2+1.
func double(v byte) byte {
	if v <<= 1; v > 31 {
		v ^= 0b100101
	}
	return v
}

// ParseCode reads what a person typed. It reports ErrCode.
func ParseCode(typed string) (Code, error) {
	values, err := characters(typed)
	if err != nil {
		return Code{}, err
	}
	if want := groups * (groupChars + 1); len(values) != want {
		return Code{}, fmt.Errorf("%w: it has %d characters, want %d in %d groups", ErrCode, len(values), want, groups)
	}
	var c Code
	out := make([]byte, 0, len(c.Secret)+len(c.Root))
	var window uint
	bits := 0
	for g := range groups {
		group := values[g*(groupChars+1):][:groupChars+1]
		if check(g, group[:groupChars]) != group[groupChars] {
			return Code{}, fmt.Errorf("%w: have group %d of %d read out again", ErrCode, g+1, groups)
		}
		for _, v := range group[:groupChars] {
			if window, bits = window<<5|uint(v), bits+5; bits >= 8 {
				bits -= 8
				out = append(out, byte(window>>bits))
			}
		}
	}
	copy(c.Secret[:], out)
	copy(c.Root[:], out[len(c.Secret):])
	return c, nil
}

func characters(typed string) ([]byte, error) {
	var out []byte
	for _, r := range strings.ToUpper(typed) {
		switch r {
		case '-', ' ', '\t', '\n':
			continue
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		v := strings.IndexRune(alphabet, r)
		if v < 0 {
			return nil, fmt.Errorf("%w: %q is never in a code (digits, and letters but U)", ErrCode, r)
		}
		if len(out) > groups*(groupChars+1) {
			return out, nil // too long is said by its length
		}
		out = append(out, byte(v))
	}
	return out, nil
}
