package box

import (
	"markaz.example/devices/slip"
	"markaz.example/edge/desk"
	"markaz.example/edge/web/page"
)

// speech is the two languages of one paper: Urdu and English, or one that the visitor chose and Urdu.
type speech struct {
	lang, other page.Lang
	text        func(l page.Lang, key string) string
}

// speech is what a visit's paper is written in. One who chose English gets the paper that everybody else can read too.
func (l layout) speech(chosen string) speech {
	if own := page.Lang(chosen); own.Known() && own.Language().Falls != "" {
		return speech{lang: own, other: own.Other(), text: l.text}
	}
	return speech{lang: page.Urdu, other: page.English, text: l.text}
}

// own sets a text in the letters of the first language.
func (s speech) own(t slip.Text) slip.Text {
	if s.lang.Language().Font == "naskh" {
		t.Naskh, t.Lang = true, string(s.lang)
	}
	return t
}

// both is a text in both languages.
func (s speech) both(key, between string) string {
	return s.text(s.lang, key) + between + s.text(s.other, key)
}

func (s speech) name(of desk.Service) string   { return page.ServiceOf(of).Name.In(s.lang) }
func (s speech) second(of desk.Service) string { return page.ServiceOf(of).Name.In(s.other) }

// guide is the way to a service, and the papers to have ready.
func (s speech) guide(l page.Lang, of desk.Service) string {
	shown, stop := page.ServiceOf(of), "۔ "
	if l == page.English {
		stop = ". "
	}
	papers := shown.Papers.In(l)
	if papers != "" {
		papers = s.text(l, "ticket.bring") + " " + papers
	}
	return both(shown.Way.In(l), papers, stop)
}
