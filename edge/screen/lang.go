package screen

import (
	"embed"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
)

// Lang is a language that pages speak.
// Shape: two or three letters, "ur"; one that has a file in language/.
type Lang string

// The languages that have every text. Urdu is what a page speaks unless asked otherwise.
const (
	Urdu    Lang = "ur"
	English Lang = "en"
)

// Language is the header of a language, the file language/CODE.json. Its texts are the folder text/CODE of each tree of
// pages. Adding a language is adding these two.
type Language struct {
	Name string `json:"name"` // its own, as its readers write it
	Dir  string `json:"dir"`  // of writing: "rtl" or "ltr"
	// Font is the face its letters are in: "nastaliq", "naskh" or "sans".
	Font string `json:"font"`
	// Beside is the language shown second, smaller, for whoever helps.
	Beside Lang `json:"beside"`
	// Falls is where texts come from that it has not; empty for a language that has them all.
	Falls Lang `json:"falls"`
	// Read says who of its native readers went over the texts, and when; empty as long as nobody did.
	Read string `json:"read"`
}

//go:embed language/*.json
var languageFiles embed.FS

var languages = sync.OnceValue(func() map[Lang]Language {
	out := map[Lang]Language{}
	files, err := languageFiles.ReadDir("language")
	if err != nil {
		panic("BUG: embedded languages: " + err.Error())
	}
	for _, file := range files {
		header, err := readLanguage(path.Join("language", file.Name()))
		if err != nil {
			panic("BUG: embedded language " + file.Name() + ": " + err.Error())
		}
		out[Lang(strings.TrimSuffix(file.Name(), ".json"))] = header
	}
	return out
})

func readLanguage(file string) (header Language, err error) {
	b, err := languageFiles.ReadFile(file)
	if err != nil {
		return header, err
	}
	return header, json.Unmarshal(b, &header)
}

// Langs are all of them, Urdu first, then English, then by code.
func Langs() []Lang {
	all := Full()
	for l := range languages() {
		if !slices.Contains(all, l) {
			all = append(all, l)
		}
	}
	slices.Sort(all[len(Full()):])
	return all
}

// Full are those that have every text, so that staff can work in them.
func Full() []Lang { return []Lang{Urdu, English} }

// Known says whether there is such a language.
func (l Lang) Known() bool {
	_, ok := languages()[l]
	return ok
}

// Language is the header; zero for one that is not known.
func (l Lang) Language() Language { return languages()[l] }

// Name is its own name.
func (l Lang) Name() string { return languages()[l].Name }

// Dir is the direction of writing: "rtl" or "ltr".
func (l Lang) Dir() string { return languages()[l].Dir }

// Other is the language shown second.
func (l Lang) Other() Lang { return languages()[l].Beside }

// Complete gives to a language what it has not, from the one it falls back to.
func Complete(l Lang, own, from Texts) Texts {
	if l.Language().Falls == "" {
		return own
	}
	all := maps.Clone(from)
	maps.Copy(all, own)
	return all
}
