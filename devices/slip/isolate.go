package slip

import (
	"strings"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/language"
)

// Marks of the Unicode bidirectional algorithm, UAX #9 section 2. They have no width and no ink.
const (
	leftToRightMark = "\u200e"
	rightToLeftMark = "\u200f"
	isolateLTR      = "\u2066"
	isolateEnd      = "\u2069"
)

// Isolate marks s as one left-to-right unit, so that Urdu around it cannot reorder its parts: "10:30 AM", "Rs. 13,500/-".
// Text does this by itself for a number or code that holds signs and no spaces.
func Isolate(s string) string { return isolateLTR + s + isolateEnd }

// isolateNumbers isolates every date, telephone number, sum and share. Without it digits after an Urdu letter count as
// Arabic ones and signs about them as neutral (UAX #9 rules W2, W4, W5): 2026-11-21 is read 21-11-2026, 50% is drawn %50.
func isolateNumbers(s string) string {
	var out strings.Builder
	for s != "" {
		n := wordLen(s)
		if isSignedNumber(s[:n]) {
			out.WriteString(Isolate(s[:n]))
		} else {
			n = max(n, 1)
			out.WriteString(s[:n])
		}
		s = s[n:]
	}
	return out.String()
}

// wordLen is the length in bytes of the ASCII word that s begins with: letters, digits, signs between them, a "+" before
// them, a "%" or the "/-" of a sum in rupees after them.
func wordLen(s string) int {
	end := 0
	for i := range len(s) {
		switch c := s[i]; {
		case isAlnum(c) || c == '%' && end > 0:
			end = i + 1
		case !isSign(c) || i == 0 && c != '+':
			return sumLen(s, end)
		}
	}
	return sumLen(s, end)
}

func sumLen(s string, end int) int {
	if end > 0 && strings.HasPrefix(s[end:], "/-") {
		return end + len("/-")
	}
	return end
}

func isSignedNumber(word string) bool {
	digits := strings.ContainsAny(word, "0123456789")
	return digits && strings.ContainsFunc(word, func(r rune) bool { return isSign(byte(r)) })
}

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

func isSign(c byte) bool { return strings.IndexByte("-/:.,+_%", c) >= 0 }

// direction resolves a base for one paragraph.
func (b Base) direction(s string) di.Direction {
	if b == RTL || b == Auto && firstLetterRTL(s) {
		return di.DirectionRTL
	}
	return di.DirectionLTR
}

func firstLetterRTL(s string) bool {
	for _, r := range s {
		if script := language.LookupScript(r); script.Strong() {
			return rightToLeftScript(script)
		}
	}
	return false
}

func rightToLeftScript(script language.Script) bool {
	switch script {
	case language.Arabic, language.Hebrew, language.Syriac, language.Thaana, language.Nko:
		return true
	}
	return false
}
