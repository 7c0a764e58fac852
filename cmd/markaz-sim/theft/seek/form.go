package seek

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf16"
)

// Form is one way in which a secret may stand somewhere.
type Form struct {
	Way   string // "utf-16le"
	Bytes []byte
}

// Text is every form of a text.
func Text(s string) []Form {
	var out []Form
	for _, t := range cases(s) {
		out = append(out, wide(t)...)
		out = append(out, escaped(t)...)
		out = append(out, Raw([]byte(t))...)
	}
	return out
}

// cases are a text as it is written, and in small and capital letters.
func cases(s string) []string {
	out := []string{s}
	for _, t := range []string{strings.ToLower(s), strings.ToUpper(s)} {
		if t != s {
			out = append(out, t)
		}
	}
	return out
}

// Raw is bytes as they are, in hexadecimal, and in base64 at each alignment.
func Raw(b []byte) []Form {
	small := hex.EncodeToString(b)
	out := []Form{{"raw", b}, {"hex", []byte(small)}, {"HEX", []byte(strings.ToUpper(small))}}
	for shift := range 3 {
		out = append(out, aligned(b, shift, "base64", base64.StdEncoding), aligned(b, shift, "base64url", base64.URLEncoding))
	}
	return out
}

// aligned is what of a base64 text depends on the bytes alone when so many others stand before them.
func aligned(b []byte, shift int, way string, e *base64.Encoding) Form {
	padded := append(make([]byte, shift), b...)
	text := e.EncodeToString(padded)
	from, to := (shift*8+5)/6, len(padded)*8/6
	return Form{fmt.Sprintf("%s+%d", way, shift), []byte(text[from:to])}
}

// wide is UTF-16.
func wide(s string) []Form {
	var little, big []byte
	for _, u := range utf16.Encode([]rune(s)) {
		little, big = binary.LittleEndian.AppendUint16(little, u), binary.BigEndian.AppendUint16(big, u)
	}
	return []Form{{"utf-16le", little}, {"utf-16be", big}}
}

// escaped is how JSON, HTML and addresses write a text.
func escaped(s string) []Form {
	var small, capital, page strings.Builder
	for _, r := range s {
		fmt.Fprintf(&page, "&#%d;", r)
	}
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&small, `\u%04x`, u)
		fmt.Fprintf(&capital, `\u%04X`, u)
	}
	quoted := strconv.QuoteToASCII(s)
	return []Form{
		{"json", []byte(small.String())}, {"JSON", []byte(capital.String())}, {"html", []byte(page.String())},
		{"query", []byte(url.QueryEscape(s))}, {"path", []byte(url.PathEscape(s))}, {"go", []byte(quoted[1 : len(quoted)-1])},
	}
}

// Number is every form of an identity number of 13 digits.
func Number(digits string) []Form {
	dashed := digits[:5] + "-" + digits[5:12] + "-" + digits[12:]
	spaced := strings.ReplaceAll(dashed, "-", " ")
	var out []Form
	for _, s := range []string{digits, dashed, spaced} {
		out = append(out, Text(s)...)
		out = append(out, hashes(s)...)
	}
	out = append(out, packed(digits)...)
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return out
	}
	return append(out, integers(n)...)
}

// integers are a number's bytes without the zeros at the far end, in either order, which every fixed width and CBOR's
// integers contain; and the two ways of varying width.
func integers(n uint64) []Form {
	big := bytes.TrimLeft(binary.BigEndian.AppendUint64(nil, n), "\x00")
	little := bytes.TrimRight(binary.LittleEndian.AppendUint64(nil, n), "\x00")
	double := binary.AppendVarint(nil, int64(n))
	return []Form{{"integer be", big}, {"integer le", little}, {"varint", binary.AppendUvarint(nil, n)}, {"zigzag", double}}
}

// packed is binary coded decimal: two digits a byte, from either end.
func packed(digits string) []Form {
	left, err1 := hex.DecodeString(digits + "f")
	right, err2 := hex.DecodeString("0" + digits)
	if err1 != nil || err2 != nil {
		return nil
	}
	return []Form{{"bcd right", right}, {"bcd left", left[:len(left)-1]}}
}

// hashes are what would let a thief try all numbers in minutes.
func hashes(s string) (out []Form) {
	b := []byte(s)
	h1, h5, h2, h3 := sha1.Sum(b), md5.Sum(b), sha256.Sum256(b), sha512.Sum512(b)
	for way, sum := range map[string][]byte{"sha-1": h1[:], "md5": h5[:], "sha-256": h2[:], "sha-512": h3[:]} {
		for _, f := range Raw(sum) {
			out = append(out, Form{way + " " + f.Way, f.Bytes})
		}
	}
	return out
}
