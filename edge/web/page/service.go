package page

import (
	"strings"

	"markaz.example/edge/desk"
)

// Service is a service as pages show it.
type Service struct {
	Code      string
	Letter    string // of its tokens, and so its colour
	Pictogram string
	Name      Name
	Papers    Name // to have ready, in one line; empty when none
	Way       Name // to its room, in one line; empty when none is written
	Room      string
	Chosen    bool   // on the kiosk's page
	State     string // of the stop, where a visit's stops are shown
}

// Line is how many wait for a service.
type Line struct {
	Service
	Waiting int
}

// ServiceOf shows a service of the catalogue.
func ServiceOf(s desk.Service) Service {
	return Service{
		Code: string(s.Code), Letter: s.Letter, Pictogram: s.Pictogram,
		Name: Name{Ur: s.NameUr, En: s.NameEn, More: more(s, func(w desk.Words) string { return w.Name })},
		Papers: Name{Ur: strings.Join(s.BringUr, "، "), En: strings.Join(s.BringEn, ", "),
			More: more(s, func(w desk.Words) string { return strings.Join(w.Bring, "، ") })},
		Way:  Name{Ur: s.WayUr, En: s.WayEn, More: more(s, func(w desk.Words) string { return w.Way })},
		Room: s.Room,
	}
}

// more is a word of a service in the further languages.
func more(s desk.Service, of func(desk.Words) string) map[Lang]string {
	if len(s.In) == 0 {
		return nil
	}
	out := make(map[Lang]string, len(s.In))
	for l, words := range s.In {
		out[Lang(l)] = of(words)
	}
	return out
}

// LinesOf shows lines in the order given.
func LinesOf(lines []desk.Line) []Line {
	out := make([]Line, 0, len(lines))
	for _, l := range lines {
		out = append(out, Line{ServiceOf(l.Service), l.Waiting})
	}
	return out
}

// StopsOf shows the stops of a visit.
func StopsOf(stops []desk.Stop) []Service {
	out := make([]Service, 0, len(stops))
	for _, s := range stops {
		shown := ServiceOf(s.Service)
		shown.State = string(s.State)
		out = append(out, shown)
	}
	return out
}

// PaperProblem is the text's key for the reason why a paper is held; empty for no reason. Reasons may be newer than our
// texts.
func PaperProblem(reason string) string {
	switch reason {
	case "":
		return ""
	case "paper-out", "cover-open":
		return "paper." + reason
	}
	return "paper.other"
}
