package page

import (
	"net/http"

	"markaz.example/edge/screen"
)

// Lang is a language that screens speak.
type Lang = screen.Lang

// The languages that have every text. Urdu is what a page speaks unless asked otherwise.
const (
	Urdu    = screen.Urdu
	English = screen.English
)

// LangOf is the language a request asks for with the query or form value "lang".
func LangOf(r *http.Request) Lang {
	if l := Lang(r.FormValue("lang")); l.Known() {
		return l
	}
	return Urdu
}

// Name is a name in Urdu and English, and in others where they have one.
type Name struct {
	Ur, En string
	More   map[Lang]string // nil for none
}

// In is the name in one language; in Urdu where that language has none.
func (n Name) In(l Lang) string {
	if own := n.More[l]; own != "" {
		return own
	}
	if l == English {
		return n.En
	}
	return n.Ur
}
