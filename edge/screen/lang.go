package screen

// Lang is a language that pages speak.
// Shape: "ur" or "en".
type Lang string

// The languages of this release.
const (
	Urdu    Lang = "ur"
	English Lang = "en"
)

// Langs are all of them.
func Langs() []Lang { return []Lang{Urdu, English} }

// Dir is the direction of writing: "rtl" or "ltr".
func (l Lang) Dir() string {
	if l == Urdu {
		return "rtl"
	}
	return "ltr"
}

// Other is the language shown second, and offered beside this one.
func (l Lang) Other() Lang {
	if l == Urdu {
		return English
	}
	return Urdu
}
