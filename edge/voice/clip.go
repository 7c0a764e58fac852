package voice

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Clip names a piece of sound.
// Shape: language, slash, name: "ur/n-42", "en/letter-k", "ur/room-gulab"; the file is that and ".wav".
type Clip string

// Two clips are of no language: Chime opens an announcement; Pause is silence and has no file.
const (
	Chime Clip = "tone/chime"
	Pause Clip = "pause"
)

var clipShape = regexp.MustCompile(`^[a-z]{2,4}/[a-z0-9]+(?:-[a-z0-9]+)*$`)

// Valid says whether this can be a clip with a file.
func (c Clip) Valid() bool { return len(c) <= clipNameMax && clipShape.MatchString(string(c)) }

// clipNameMax bounds a name: a room's name of forty letters and what stands before it.
const clipNameMax = 52

// File is the clip's path below a directory of clips.
func (c Clip) File() string { return string(c) + ".wav" }

// Lang is the clip's language.
func (c Clip) Lang() string {
	lang, _, _ := strings.Cut(string(c), "/")
	return lang
}

// Name is the clip without its language.
func (c Clip) Name() string {
	_, name, _ := strings.Cut(string(c), "/")
	return name
}

// Named is a clip by its name: what the kiosk reads aloud is kept beside the calls.
func Named(lang, name string) Clip { return clip(lang, name) }

func clip(lang, name string) Clip { return Clip(lang + "/" + name) }

func numberClip(lang string, n int) Clip { return clip(lang, "n-"+strconv.Itoa(n)) }

func letterClip(lang string, letter byte) Clip {
	return clip(lang, "letter-"+strings.ToLower(string(letter)))
}

// Inventory is every clip that a call in these languages can need, sorted, without rooms that have a name of their own.
func Inventory(langs ...string) []Clip {
	out := []Clip{Chime}
	for _, lang := range langs {
		for _, word := range words() {
			out = append(out, clip(lang, word))
		}
		for n := range 100 {
			out = append(out, numberClip(lang, n))
		}
		for letter := byte('A'); letter <= 'Z'; letter++ {
			out = append(out, letterClip(lang, letter))
		}
	}
	slices.Sort(out)
	return out
}

// words are the clips that are neither number nor letter.
func words() []string { return []string{wordToken, wordRoom, wordDesk, wordCome, wordHundred} }

const (
	wordToken   = "token"
	wordRoom    = "room"
	wordDesk    = "desk"
	wordCome    = "come"
	wordHundred = "hundred"
)
