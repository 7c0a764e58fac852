package measure

import "strings"

// typed is a number as people write it, taken apart.
type typed struct {
	whole, part string // digits before and behind the mark, as 0 to 9
	marked      bool
}

// zeros is the first digit of each kind that people here type.
var zeros = []rune{'0', '٠', '۰'}

// marks are what people here type between whole and part: point, comma, the Arabic decimal separator, the Arabic comma
// and the Urdu full stop, which stands on the point's key.
const marks = ".,٫،۔"

// directions are characters without a shape, which phones put around numbers.
const directions = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

// read takes a typed number apart. Anything that could be read in two ways is refused with what to write instead.
func read(text string) (typed, error) {
	var t typed
	kind := -1
	text = strings.TrimSpace(strings.Map(visible, text))
	if len([]rune(text)) > typedRunesMax {
		return typed{}, ErrNumber
	}
	for _, r := range text {
		if strings.ContainsRune(marks, r) {
			if t.marked {
				return typed{}, ErrMarks
			}
			t.marked = true
			continue
		}
		digit, of := value(r)
		switch {
		case of < 0:
			return typed{}, ErrNumber
		case kind >= 0 && of != kind:
			return typed{}, ErrDigits
		case t.marked:
			t.part += string(digit)
		default:
			t.whole += string(digit)
		}
		kind = of
	}
	if t.whole == "" || t.marked && t.part == "" {
		return typed{}, ErrNumber
	}
	return t, nil
}

func visible(r rune) rune {
	if strings.ContainsRune(directions, r) {
		return -1
	}
	return r
}

// value is a digit as 0 to 9, and which kind it is of; -1 for none.
func value(r rune) (digit rune, kind int) {
	for kind, zero := range zeros {
		if r >= zero && r <= zero+9 {
			return '0' + r - zero, kind
		}
	}
	return 0, -1
}

// ParseCentimetres reads centimetres with at most one decimal, in any of the digits used here, and gives millimetres.
// The error is one of the Problems above, and nothing is ever rounded.
func ParseCentimetres(text string) (millimetres int, err error) {
	t, err := read(text)
	switch {
	case err != nil:
		return 0, err
	case len(t.part) > 1:
		return 0, ErrDecimals
	case t.part == "":
		t.part = "0"
	}
	return within(t.whole+t.part, lengthLeastMM, lengthMostMM, ErrImpossible)
}

// ParseKilograms reads a child's kilograms with at most three decimals, and gives grams: for where no scale speaks.
func ParseKilograms(text string) (grams int, err error) {
	t, err := read(text)
	switch {
	case err != nil:
		return 0, err
	case len(t.part) > kilogramDecimals:
		return 0, ErrGrams
	}
	return within(t.whole+t.part+strings.Repeat("0", kilogramDecimals-len(t.part)), typedLeastG, typedMostG, ErrWeight)
}

// ParseMillimetres reads whole millimetres, as an arm's tape is read.
func ParseMillimetres(text string) (millimetres int, err error) {
	t, err := read(text)
	switch {
	case err != nil:
		return 0, err
	case t.marked:
		return 0, ErrWhole
	}
	return within(t.whole, armLeastMM, armMostMM, ErrArm)
}

// within counts the digits together; a number past the bound stops counting, so that no length overflows.
func within(digits string, least, most int, otherwise error) (int, error) {
	n := 0
	for _, d := range digits {
		if n = 10*n + int(d-'0'); n > most {
			return 0, otherwise
		}
	}
	if n < least {
		return 0, otherwise
	}
	return n, nil
}
