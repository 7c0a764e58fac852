package page

import (
	"net/http"
	"strings"
)

// Lang is a language that the pages speak.
// Shape: "ur" or "en".
type Lang string

// The languages of this release.
const (
	Urdu    Lang = "ur"
	English Lang = "en"
)

// langOf is the language that a request asks for with "lang", else the browser's, else English.
func langOf(r *http.Request) Lang {
	switch asked := Lang(r.URL.Query().Get("lang")); {
	case asked == Urdu || asked == English:
		return asked
	case strings.HasPrefix(r.Header.Get("Accept-Language"), string(Urdu)):
		return Urdu
	}
	return English
}

// Dir is the direction of writing: "rtl" or "ltr".
func (l Lang) Dir() string {
	if l == Urdu {
		return "rtl"
	}
	return "ltr"
}

// Other is the language that the switch offers.
func (l Lang) Other() Lang {
	if l == Urdu {
		return English
	}
	return Urdu
}
