package civil

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What parsing a name reports.
var (
	ErrNameLength  = errors.New("a name has 2 to 100 letters; type it as the card has it")
	ErrNameLetters = errors.New("a name has letters, spaces, dots, hyphens and apostrophes only; type it as the card has it")
)

// Name is a person's name, in any script. The zero value is none. It prints masked.
// Shape: 2 to 100 letters, marks, spaces, dots, hyphens and apostrophes; single spaces, none outside.
type Name struct{ text secret }

// ParseName reads a typed name. It reports ErrNameLength or ErrNameLetters.
func ParseName(typed string) (Name, error) {
	if !utf8.ValidString(typed) {
		return Name{}, ErrNameLetters
	}
	text := strings.Join(strings.Fields(typed), " ")
	if n := utf8.RuneCountInString(text); n < nameRunesMin || n > nameRunesMax {
		return Name{}, ErrNameLength
	}
	if strings.ContainsFunc(text, notOfName) || !strings.ContainsFunc(text, unicode.IsLetter) {
		return Name{}, ErrNameLetters
	}
	return Name{hide(text)}, nil
}

func notOfName(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune(" .-'’\u200c\u200d\u06d4", r)
}

// None says that there is no name.
func (n Name) None() bool { return n.text == (secret{}) }

// Text is the name itself, to be sealed, or shown where it is needed.
func (n Name) Text() string { return n.text.tell() }

// Masked is the first letter of each word: enough for staff to see that the right family is on the screen. "A… B…".
func (n Name) Masked() string {
	words := strings.Fields(n.Text())
	for i, w := range words {
		first, _ := utf8.DecodeRuneInString(w)
		words[i] = string(first) + "…"
	}
	return strings.Join(words, " ")
}
