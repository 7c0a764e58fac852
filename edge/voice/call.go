package voice

import (
	"slices"
	"strconv"
	"strings"

	"markaz.example/edge/id"
)

// Call is somebody who is called and has not come yet.
type Call struct {
	Seq   uint64   // of the call or its last recall: each has to be said once
	Token id.Token // empty for a notice: its chime is heard, and it is read on the screens
	Desk  id.Desk
	Room  string // of the desk: "2", "B", or a name; empty where a centre has one room
	Lang  string // the visit's own
}

// Speech is how a centre calls.
type Speech struct {
	Langs  []string // in order; LangsMax of them are said
	Digits []string // of them, those in which a token's number is said digit by digit, with its zeros
	Named  []Clip   // clips of rooms that have a name; a room without one is left to the screens
}

// DefaultSpeech is Urdu, with the number as people say it, then English digit by digit. Each helps where the other fails:
// a number spoken as a word is what a person who does not read was told at the kiosk, and needs no zeros; digits are
// what stands on the paper, and no two of them sound like thirteen and thirty.
func DefaultSpeech() Speech {
	return Speech{Langs: []string{"ur", "en"}, Digits: []string{"en"}}
}

// Say is what is said for a call: the chime, and the call in each language. In names the rooms whose people hear it: a
// desk's room is not said to those who sit in it.
func (s Speech) Say(c Call, in []string) []Clip {
	out := []Clip{Chime}
	if c.Token == "" {
		return out
	}
	for i, lang := range s.langsOf(c) {
		if i > 0 {
			out = append(out, Pause)
		}
		out = append(out, s.sentence(lang, c, in)...)
	}
	return out
}

// langsOf is the centre's languages; the visit's own comes first if it is one of them.
func (s Speech) langsOf(c Call) []string {
	langs := slices.Clone(s.Langs)
	if i := slices.Index(langs, c.Lang); i > 0 {
		langs = slices.Insert(slices.Delete(langs, i, i+1), 0, c.Lang)
	}
	return langs[:min(len(langs), LangsMax)]
}

// sentence follows the order of words of a language. Of those we were told of, English alone puts the verb in the middle;
// the languages of the country end with it, as Urdu does.
func (s Speech) sentence(lang string, c Call, in []string) []Clip {
	token := slices.Concat([]Clip{clip(lang, wordToken)}, s.token(lang, c.Token))
	come := []Clip{clip(lang, wordCome)}
	way := slices.Concat(s.room(lang, c.Room, in), []Clip{clip(lang, wordDesk)}, letters(lang, string(c.Desk)))
	if lang == "en" {
		return slices.Concat(token, come, way)
	}
	return slices.Concat(token, way, come)
}

func (s Speech) token(lang string, t id.Token) []Clip {
	if t.Check() != nil {
		return nil // an odd token is on the screen
	}
	number := string(t[1:])
	if slices.Contains(s.Digits, lang) {
		return append(letters(lang, string(t[:1])), digits(lang, number)...)
	}
	n, _ := strconv.Atoi(number)
	return append(letters(lang, string(t[:1])), spokenNumber(lang, n)...)
}

// room says where a desk is, unless the listeners are there.
func (s Speech) room(lang, room string, in []string) []Clip {
	if room == "" || len(in) == 1 && in[0] == room {
		return nil
	}
	if named := RoomClip(lang, room); slices.Contains(s.Named, named) {
		return []Clip{named}
	}
	if spoken := roomNumber(lang, room); spoken != nil {
		return append([]Clip{clip(lang, wordRoom)}, spoken...)
	}
	return nil
}

func roomNumber(lang, room string) []Clip {
	if n, err := strconv.Atoi(room); err == nil && n >= 0 && n <= NumberMax {
		return spokenNumber(lang, n)
	}
	if id.Desk(room).Check() == nil { // rooms by letters are shaped as desks
		return letters(lang, room)
	}
	return nil
}

// RoomClip is the clip of a room that has a name: "Hall 2" is "ur/room-hall-2". It is not Valid for a name without a
// Latin letter or digit.
func RoomClip(lang, room string) Clip {
	name := strings.FieldsFunc(strings.ToLower(room), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	return clip(lang, wordRoom+"-"+strings.Join(name, "-"))
}

// spokenNumber says a number as people do: hundreds, then a word of its own for what is left.
func spokenNumber(lang string, n int) []Clip {
	var out []Clip
	if n >= 100 {
		out = append(out, numberClip(lang, n/100), clip(lang, wordHundred))
	}
	if n < 100 || n%100 > 0 {
		out = append(out, numberClip(lang, n%100))
	}
	return out
}

func digits(lang, number string) []Clip {
	out := make([]Clip, 0, len(number))
	for _, d := range []byte(number) {
		out = append(out, numberClip(lang, int(d-'0')))
	}
	return out
}

func letters(lang, word string) []Clip {
	out := make([]Clip, 0, len(word))
	for _, l := range []byte(word) {
		out = append(out, letterClip(lang, l))
	}
	return out
}
