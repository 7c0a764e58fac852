package civil

import (
	"strings"
	"unicode"
)

// zeros are the first digits of the kinds that people here type: ASCII, Arabic-Indic, Urdu.
var zeros = []rune{'0', '\u0660', '\u06f0'}

// separators are what people write between groups of digits, beside spaces: hyphens and dashes, slashes, points, the
// Urdu full stop, the tatweel that some keyboards have for a dash.
const separators = "-\u2010\u2011\u2012\u2013\u2014\u2212_/.\u06d4\u0640"

// groups takes a typed number apart into its groups of digits, as 0 to 9. It reports false for anything else in it.
func groups(typed string) (out []string, ok bool) {
	if len([]rune(typed)) > typedRunesMax {
		return nil, false
	}
	group := ""
	for _, r := range typed {
		digit, is := digitOf(r)
		switch {
		case is:
			group += string(digit)
			continue
		case unicode.Is(unicode.Cf, r): // direction marks that phones put around numbers
			continue
		case !unicode.IsSpace(r) && !strings.ContainsRune(separators, r):
			return nil, false
		}
		if group != "" {
			out, group = append(out, group), ""
		}
	}
	if group != "" {
		out = append(out, group)
	}
	return out, true
}

func digitOf(r rune) (digit byte, ok bool) {
	for _, zero := range zeros {
		if r >= zero && r <= zero+9 {
			return byte('0' + r - zero), true
		}
	}
	return 0, false
}
