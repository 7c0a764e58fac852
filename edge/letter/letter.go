package letter

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"markaz.example/edge/chain"
)

// What Open reports.
var (
	ErrKind = errors.New("a kind of letter that this version does not know: a newer box will")
	ErrBody = errors.New("a letter whose body cannot be read")
)

// Letter is one thing that headquarters says to one centre.
type Letter struct {
	Number uint64     // from 1, one after the other for a centre
	Kind   chain.Kind //
	Body   []byte     // as Encode gives it
	Wall   int64      // headquarters' time when it was written, milliseconds since 1970 UTC
}

// Content is what a letter says: one of the types of this package.
type Content interface {
	Kind() chain.Kind
	Check() error
}

// Encode gives the body of a letter. It reports ErrBody.
func Encode(c Content) ([]byte, error) {
	if err := c.Check(); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrBody, c.Kind(), err)
	}
	b, err := chain.EncodeBody(c)
	if err == nil && len(b) > BytesMax {
		err = fmt.Errorf("%d bytes, limit %d", len(b), BytesMax)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrBody, c.Kind(), err)
	}
	return b, nil
}

// Open gives what a letter says. It reports ErrKind or ErrBody.
func Open(l Letter) (Content, error) {
	if len(l.Body) > BytesMax {
		return nil, fmt.Errorf("%w: %d bytes, limit %d", ErrBody, len(l.Body), BytesMax)
	}
	switch l.Kind {
	case PackOffered{}.Kind():
		return open[PackOffered](l)
	case PackRolledBack{}.Kind():
		return open[PackRolledBack](l)
	case LeaseGranted{}.Kind():
		return open[LeaseGranted](l)
	case CheckAnswered{}.Kind():
		return open[CheckAnswered](l)
	case DiagnosisAsked{}.Kind():
		return open[DiagnosisAsked](l)
	}
	return nil, fmt.Errorf("%w: %q", ErrKind, l.Kind)
}

func open[C Content](l Letter) (Content, error) {
	var c C
	if err := chain.DecodeBody(l.Body, &c); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrBody, l.Kind, err)
	}
	if err := c.Check(); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrBody, l.Kind, err)
	}
	return c, nil
}

// checkText reports what no screen could show in a line.
func checkText(what, s string, bytesMax int) error {
	if s == "" || len(s) > bytesMax || !utf8.ValidString(s) ||
		strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fmt.Errorf("%s of %d bytes: want 1 to %d, printable", what, len(s), bytesMax)
	}
	return nil
}

// checkWord reports what is no code of letters a-z, digits and hyphens.
func checkWord(what, s string, bytesMax int) error {
	if s == "" || len(s) > bytesMax {
		return fmt.Errorf("%s of %d bytes: want 1 to %d", what, len(s), bytesMax)
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return fmt.Errorf("%s %q: want letters a-z, digits and hyphens", what, s)
		}
	}
	return nil
}

// CheckWhat reports what cannot be the name of something that is lent or asked about: "bed", "cash-2026-11-27".
func CheckWhat(s string) error { return checkWord("what", s, whatBytesMax) }
