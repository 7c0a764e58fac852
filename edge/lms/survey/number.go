package survey

import (
	"errors"
	"strings"
)

// Why a number was not read; each text says what to write.
var (
	errNumber = errors.New("is no number: write digits and at most one point, such as 7.9, or leave it empty")
	errComma  = errors.New("has a comma: write a point, such as 7.9")
)

// fixed reads a decimal as whole units of its last place: 7.9 with 6 places is 7,900,000. Digits behind are rounded half
// up. Anything above most whole numbers reads as beyond.
func fixed(text string, places int, most int64) (n int64, beyond bool, err error) {
	text, minus := strings.CutPrefix(text, "-")
	whole, part, _ := strings.Cut(text, ".")
	if whole == "" && part == "" {
		return 0, false, errNumber
	}
	for i := range len(whole) {
		d := whole[i] - '0'
		if d > 9 {
			return 0, false, notDigit(whole[i])
		}
		if n = 10*n + int64(d); n > most {
			beyond, n = true, most
		}
	}
	for i := range max(len(part), places) {
		d := byte(0)
		if i < len(part) {
			d = part[i] - '0'
		}
		switch {
		case d > 9:
			return 0, false, notDigit(part[i])
		case i < places:
			n = 10*n + int64(d)
		case i == places && d >= 5:
			n++
		}
	}
	if minus {
		return -n, false, nil // no measurement, however large
	}
	return n, beyond, nil
}

func notDigit(c byte) error {
	if c == ',' {
		return errComma
	}
	return errNumber
}

// empty is how surveys write that something was not measured.
func empty(text string) bool { return text == "" || text == "NA" }
