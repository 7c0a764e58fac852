package page

import (
	"net/http"

	"markaz.example/edge/screen"
)

// Lang is a language that screens speak.
type Lang = screen.Lang

// The languages of this release. Urdu is what a page speaks unless asked otherwise.
const (
	Urdu    = screen.Urdu
	English = screen.English
)

// LangOf is the language a request asks for with the query or form value "lang".
func LangOf(r *http.Request) Lang {
	if r.FormValue("lang") == string(English) {
		return English
	}
	return Urdu
}

// Name is a name in both languages.
type Name struct{ Ur, En string }

// In is the name in one language.
func (n Name) In(l Lang) string {
	if l == Urdu {
		return n.Ur
	}
	return n.En
}
