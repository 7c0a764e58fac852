package page

import "net/http"

// Lang is a language that screens speak.
// Shape: "ur" or "en".
type Lang string

// The languages of this release. Urdu is what a page speaks unless asked otherwise.
const (
	Urdu    Lang = "ur"
	English Lang = "en"
)

// LangOf is the language a request asks for with the query or form value "lang".
func LangOf(r *http.Request) Lang {
	if r.FormValue("lang") == string(English) {
		return English
	}
	return Urdu
}

// Dir is the direction of writing: "rtl" or "ltr".
func (l Lang) Dir() string {
	if l == Urdu {
		return "rtl"
	}
	return "ltr"
}

// Other is the language shown second, smaller.
func (l Lang) Other() Lang {
	if l == Urdu {
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
