package page

import (
	"net/http"
	"strings"

	"markaz.example/edge/screen"
)

// Lang is a language that the pages speak.
type Lang = screen.Lang

// The languages of this release.
const (
	Urdu    = screen.Urdu
	English = screen.English
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
