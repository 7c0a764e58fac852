package measure

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCentimetres(t *testing.T) {
	for text, want := range map[string]int{
		"75.3": 753, "75,3": 753, "75": 750, "75.0": 750, " 75.3 ": 753, "075.3": 753, "120": 1200, "20": 200, "260": 2600,
		"۷۵٫۳": 753, "۷۵۔۳": 753, "٧٥٫٣": 753, "٧٥،٣": 753, "۷۵.۳": 753, "\u200f۷۵.۳\u200f": 753, "\u206675.3\u2069": 753,
	} {
		if got, err := ParseCentimetres(text); got != want || err != nil {
			t.Errorf("%q: %d mm, %v; want %d", text, got, err, want)
		}
	}
	for text, want := range map[string]error{
		"": ErrNumber, "75.": ErrNumber, ".3": ErrNumber, ".": ErrNumber, "75 3": ErrNumber, "75.3cm": ErrNumber, "-75.3": ErrNumber,
		"7e1": ErrNumber, "½": ErrNumber, "７５": ErrNumber, "१५": ErrNumber, "75٬300": ErrNumber, strings.Repeat("7", 40): ErrNumber,
		"75.3.1": ErrMarks, "1,234.5": ErrMarks, "75..3": ErrMarks,
		"75.35": ErrDecimals, "75,123": ErrDecimals, "۷۵٫۳۲": ErrDecimals,
		"۷5.3": ErrDigits, "75.۳": ErrDigits, "٧۵": ErrDigits,
		"753": ErrImpossible, "7.53": ErrDecimals, "7.5": ErrImpossible, "0": ErrImpossible, "99999999999999999999": ErrImpossible,
	} {
		if got, err := ParseCentimetres(text); !errors.Is(err, want) {
			t.Errorf("%q: %d mm, %v; want %v", text, got, err, want)
		}
	}
}

func TestMillimetres(t *testing.T) {
	for text, want := range map[string]int{"112": 112, "۱۱۲": 112, "١١٢": 112, "0112": 112, "40": 40, "700": 700} {
		if got, err := ParseMillimetres(text); got != want || err != nil {
			t.Errorf("%q: %d mm, %v; want %d", text, got, err, want)
		}
	}
	for text, want := range map[string]error{
		"11.2": ErrWhole, "۱۱٫۲": ErrWhole, "112.0": ErrWhole, "11": ErrArm, "1120": ErrArm, "": ErrNumber, "112mm": ErrNumber, "1۱2": ErrDigits,
	} {
		if got, err := ParseMillimetres(text); !errors.Is(err, want) {
			t.Errorf("%q: %d mm, %v; want %v", text, got, err, want)
		}
	}
}

// write puts a number of millimetres as people here would type it in centimetres.
func write(mm, kind int, mark string) string {
	text := fmt.Sprintf("%d%s%d", mm/10, mark, mm%10)
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return zeros[kind] + r - '0'
		}
		return r
	}, text)
}

func TestEveryLengthInEveryWriting(t *testing.T) {
	for mm := lengthLeastMM; mm <= lengthMostMM; mm++ {
		for kind := range zeros {
			for _, mark := range marks {
				text := write(mm, kind, string(mark))
				if got, err := ParseCentimetres(text); got != mm || err != nil {
					t.Fatalf("%q: %d mm, %v; want %d", text, got, err, mm)
				}
			}
		}
	}
}

// One key too many, too few or wrong never gives a value that is off by a factor: it is refused, or it differs by what
// that one digit says.
func TestMissingMarkIsNeverALength(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		mm := rapid.IntRange(lyingMinMM, standingMaxMM).Draw(rt, "mm")
		kind := rapid.IntRange(0, len(zeros)-1).Draw(rt, "kind")
		if got, err := ParseCentimetres(write(mm, kind, "")); err == nil {
			rt.Fatalf("%d without its mark is read as %d mm", mm, got)
		}
	})
}

func FuzzTyped(f *testing.F) {
	for _, s := range []string{"75.3", "۷۵٫۳", "٧٥,٣", "112", "\u200f75.3", "75.3.1", "۷5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if mm, err := ParseCentimetres(text); err == nil && (mm < lengthLeastMM || mm > lengthMostMM) {
			t.Errorf("%q: %d mm", text, mm)
		}
		if mm, err := ParseMillimetres(text); err == nil && (mm < armLeastMM || mm > armMostMM) {
			t.Errorf("%q: %d mm", text, mm)
		}
	})
}
