package voice

// Word is a clip's text: what a person reads aloud to record it, and what a synthesizer is given.
type Word struct {
	Clip  Clip
	Text  string // as it is written in the language
	Synth string // what a synthesizer is given instead, where it stumbles over Text; empty means Text
}

// Spoken is the languages whose clips can be synthesized: their words are known here. Clips of any other language are
// recorded, under the same names.
func Spoken() []string { return []string{"ur", "en"} }

// Words are the texts of every clip of a language, in the order of Inventory. False for a language that is not Spoken.
func Words(lang string) ([]Word, bool) {
	var word func(Clip) Word
	switch lang {
	case "ur":
		word = urdu
	case "en":
		word = english
	default:
		return nil, false
	}
	var out []Word
	for _, c := range Inventory(lang) {
		if c != Chime {
			out = append(out, word(c))
		}
	}
	return out, true
}
